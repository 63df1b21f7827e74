import { z } from "zod";

/** What monitoring can say about an agent. */
export const kinds = ["latency_breach", "anomaly_flag", "security_incident"] as const;
export type Kind = (typeof kinds)[number];

/** An alert as it was read, whichever form it came in. */
export type Alert = {
  /** the sender's own id of it */
  sourceId: string | undefined;
  condition: "fired" | "resolved";
  kind: Kind;
  /** as the sender names the agent */
  agentNamed: string;
  metricValue: number | null;
};

const text = z.string().trim().min(1).max(200);
const metric = z.preprocess(
  // Thresholds and values come as texts now and then, and as null where monitoring has none.
  (given) => (typeof given === "string" && given.trim() !== "" ? Number(given) : given),
  z.number().nullable().catch(null),
);

const Small = z.object({
  alert_type: z.enum(kinds),
  agent_id: text,
  metric_value: metric,
  /** the same id and condition again is the same alert */
  alert_id: text.max(180).optional(),
  condition: z.enum(["fired", "resolved"]).default("fired"),
});

const Properties = z.record(z.string(), z.unknown()).nullish().catch(null);
const Dimension = z.object({ name: z.string(), value: z.unknown() });

/** Azure Monitor's common alert schema; what is not read here is kept and shown, never acted on. */
const Common = z.object({
  schemaId: z.literal("azureMonitorCommonAlertSchema"),
  data: z.object({
    essentials: z.object({ alertId: z.string().min(1).max(2_000), monitorCondition: z.enum(["Fired", "Resolved"]) }),
    alertContext: z
      .object({
        properties: Properties,
        condition: z
          .object({
            allOf: z
              .array(z.object({ metricValue: metric.optional(), dimensions: z.array(Dimension).nullish() }))
              .nullish(),
          })
          .nullish()
          .catch(null),
      })
      .nullish()
      .catch(null),
    customProperties: Properties,
  }),
});

/** Reads both forms. @returns the alert, or what is wrong with it in words */
export function readAlert(body: unknown): { alert: Alert } | { wrong: string } {
  const isCommon = typeof body === "object" && body !== null && "schemaId" in body;
  return isCommon ? readCommon(body) : readSmall(body);
}

function readSmall(body: unknown): { alert: Alert } | { wrong: string } {
  const parsed = Small.safeParse(body);
  if (!parsed.success)
    return {
      wrong: `${problems(parsed.error)}. Send {alert_type, agent_id, metric_value}, or Azure Monitor's common alert schema.`,
    };
  const {
    alert_type: kind,
    agent_id: agentNamed,
    metric_value: metricValue,
    alert_id: sourceId,
    condition,
  } = parsed.data;
  return { alert: { kind, agentNamed, metricValue, sourceId, condition } };
}

function readCommon(body: object): { alert: Alert } | { wrong: string } {
  const parsed = Common.safeParse(body);
  if (!parsed.success)
    return { wrong: `${problems(parsed.error)}. This is not the common alert schema of Azure Monitor.` };
  const { essentials, alertContext, customProperties } = parsed.data.data;
  const all = alertContext?.condition?.allOf ?? [];
  const dimensions = all.flatMap((one) => one.dimensions ?? []);
  // What the author of the rule says counts before what the measured data says.
  const said = (name: string): string | undefined =>
    [
      customProperties?.[name],
      alertContext?.properties?.[name],
      dimensions.find((one) => lastPart(one.name) === name)?.value,
    ]
      .map((value) => text.safeParse(value).data)
      .find((value) => value !== undefined);
  const kind = z.enum(kinds).safeParse(said("alert_type"));
  const agentNamed = said("agent_id");
  if (!kind.success)
    return {
      wrong: `It has no custom property alert_type that is one of ${kinds.join(", ")}: add it to the alert rule.`,
    };
  if (agentNamed === undefined)
    return { wrong: "It names no agent: add the custom property or the dimension agent_id to the alert rule." };
  return {
    alert: {
      ...{ sourceId: essentials.alertId, kind: kind.data, agentNamed },
      condition: essentials.monitorCondition === "Fired" ? "fired" : "resolved",
      metricValue: all.find((one) => one.metricValue != null)?.metricValue ?? null,
    },
  };
}

/** "customDimensions/agent_id" → "agent_id" */
function lastPart(name: string): string {
  return name.split(/[./]/).at(-1) ?? "";
}

function problems(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join(".") || "body"}: ${message}`)
    .join("; ");
}
