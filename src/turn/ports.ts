import type { PlanTemplate } from "../agent/plan-template.ts";
import type { PlannerPorts } from "../agent/planner-input.ts";
import type { Fleet } from "../registry/fleet.ts";
import type { Registry } from "../registry/registry.ts";
import type { Router } from "../routing/router.ts";
import type { RunPorts } from "../run/ports.ts";

/** What the story of a turn needs from the outside. */
export type TurnPorts = RunPorts & {
  registry: Registry;
  router: Router;
  fleet: Fleet<PlanTemplate>;
  planner: PlannerPorts;
};
