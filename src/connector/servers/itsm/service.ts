export const SERVICES = "select service_id as id, name from service";
