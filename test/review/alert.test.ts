import assert from "node:assert/strict";
import { readAlert } from "../../src/review/alerts/alert.ts";
import { signatureOf, whyNotAuthentic } from "../../src/review/alerts/signature.ts";
import { answerBy, type Incident, nextOf } from "../../src/review/incidents/incident.ts";

const AGENT = "3786e182-a0ad-4bff-ad0d-d8f5c974a586";

/** As Azure Monitor sends a metric alert of a dynamic threshold. */
function common(changes: { essentials?: object; alertContext?: unknown; customProperties?: unknown } = {}): object {
  return {
    schemaId: "azureMonitorCommonAlertSchema",
    data: {
      essentials: {
        ...{ alertId: "/subscriptions/1/providers/Microsoft.AlertsManagement/alerts/7", alertRule: "p95 of agents" },
        ...{
          severity: "Sev2",
          signalType: "Metric",
          monitorCondition: "Fired",
          firedDateTime: "2026-11-21T10:00:00.1234567Z",
        },
        ...changes.essentials,
      },
      alertContext:
        "alertContext" in changes
          ? changes.alertContext
          : {
              properties: null,
              conditionType: "SingleResourceMultipleMetricCriteria",
              condition: {
                windowSize: "PT5M",
                allOf: [
                  {
                    ...{ metricName: "latency", operator: "GreaterThan", threshold: "3000", metricValue: 4812.5 },
                    dimensions: [{ name: "customDimensions/agent_id", value: AGENT }],
                  },
                ],
              },
            },
      customProperties: "customProperties" in changes ? changes.customProperties : { alert_type: "latency_breach" },
    },
  };
}

describe("reading what monitoring sends", () => {
  const read = (body: unknown) => {
    const found = readAlert(body);
    assert.ok("alert" in found, "wrong" in found ? found.wrong : "");
    return found.alert;
  };
  const wrong = (body: unknown): string => {
    const found = readAlert(body);
    assert.ok("wrong" in found, JSON.stringify(found));
    return found.wrong;
  };

  it("the small form", () => {
    assert.deepEqual(read({ alert_type: "anomaly_flag", agent_id: AGENT, metric_value: "0.93" }), {
      ...{ kind: "anomaly_flag", agentNamed: AGENT, metricValue: 0.93, sourceId: undefined, condition: "fired" },
    });
    for (const none of [null, "abc", {}, undefined])
      assert.equal(read({ alert_type: "anomaly_flag", agent_id: AGENT, metric_value: none }).metricValue, null);
  });

  it("a metric alert of the common schema: the kind from the rule, the agent from its dimension", () => {
    const alert = read(common());
    assert.deepEqual(
      [alert.kind, alert.agentNamed, alert.metricValue, alert.condition],
      ["latency_breach", AGENT, 4812.5, "fired"],
    );
    assert.match(alert.sourceId ?? "", /alerts\/7$/);
  });

  it("a log alert that is resolved: the value is null, the properties are in its context", () => {
    const alert = read(
      common({
        essentials: { signalType: "Log", monitorCondition: "Resolved" },
        alertContext: {
          properties: { alert_type: "security_incident", agent_id: AGENT },
          condition: { allOf: [{ metricValue: null, threshold: "abc", dimensions: [] }] },
        },
        customProperties: null,
      }),
    );
    assert.deepEqual(
      [alert.kind, alert.agentNamed, alert.metricValue, alert.condition],
      ["security_incident", AGENT, null, "resolved"],
    );
  });

  it("what the author of the rule says counts before what the measured data says", () => {
    const alert = read(common({ customProperties: { alert_type: "latency_breach", agent_id: "another" } }));
    assert.equal(alert.agentNamed, "another");
  });

  it("what is none of both is told why, and how to mend it", () => {
    assert.match(
      wrong({ alert_type: "fire", agent_id: AGENT }),
      /alert_type: .*Send \{alert_type, agent_id, metric_value\}/,
    );
    assert.match(wrong({ schemaId: "AIP Smart Detector", data: {} }), /schemaId.*not the common alert schema/);
    assert.match(wrong(common({ customProperties: {} })), /no custom property alert_type/);
    assert.match(wrong(common({ alertContext: null })), /names no agent/);
    for (const garbage of [null, 7, "text", [], { data: 1 }, { schemaId: null }]) wrong(garbage);
  });
});

describe("whether an alert comes from whom it says", () => {
  const secret = "s".repeat(32);
  const timestamp = "1795000000";
  const now = Number(timestamp) * 1_000;
  const body = Buffer.from('{"alert_type":"anomaly_flag"}');
  const signature = signatureOf(secret, { timestamp, body });
  it("the right signature of this moment is let in, within five minutes", () => {
    for (const seconds of [-300, 0, 300])
      assert.equal(whyNotAuthentic(secret, { timestamp, signature, body }, now + seconds * 1_000), undefined);
  });
  it("everything else is not", () => {
    const other = (changes: object, at = now) =>
      whyNotAuthentic(secret, { timestamp, signature, body, ...changes }, at);
    assert.match(other({ body: Buffer.from("{}") }) ?? "", /signature/);
    assert.match(other({ timestamp: "1795000001" }) ?? "", /signature/);
    for (const forged of ["", "sha256=", signature.slice(0, -1), signature.toUpperCase(), `${signature}0`])
      assert.match(other({ signature: forged }) ?? "", /signature/);
    assert.match(other({}, now + 301_000) ?? "", /time stamp/);
    assert.match(other({}, now - 301_000) ?? "", /time stamp/);
    const odd = { timestamp: "soon", signature: signatureOf(secret, { timestamp: "soon", body }) };
    assert.match(other(odd) ?? "", /Unix seconds/);
  });
});

describe("what becomes of an incident by itself (R9.2)", () => {
  const opened = new Date("2026-11-21T10:00:00Z");
  const later = (minutes: number): Date => new Date(opened.getTime() + minutes * 60_000);
  const incident: Incident = {
    ...{ incidentId: "i", agentId: AGENT, kind: "anomaly_flag", metricValue: 1, openedAt: opened, heardAt: opened },
    ...{ heard: 1, resolvedAt: null, answerBy: answerBy("anomaly_flag", opened), silentAt: null, runsHeld: null },
    ...{
      acknowledgedBy: null,
      acknowledgedAt: null,
      version: 1,
      state: "open",
      closedBy: null,
      closedAt: null,
      why: null,
    },
  };
  const acknowledged: Incident = { ...incident, state: "acknowledged", acknowledgedBy: "o", acknowledgedAt: opened };

  it("an anomaly that nobody acknowledges within 24 hours suspends the agent, not a minute before", () => {
    assert.equal(nextOf(incident, "degraded", later(24 * 60 - 1), 60), undefined);
    assert.deepEqual(nextOf(incident, "degraded", later(24 * 60), 60), { type: "suspend" });
    assert.equal(nextOf({ ...incident, silentAt: later(24 * 60) }, "suspended", later(25 * 60), 60), undefined);
    assert.equal(nextOf(acknowledged, "degraded", later(59), 60), undefined);
    assert.equal(
      nextOf({ ...incident, kind: "latency_breach", answerBy: null }, "degraded", later(9_999), 60),
      undefined,
    );
  });
  it("it is over when it was acknowledged and quiet for the set time, whatever monitoring calls resolved", () => {
    assert.equal(nextOf(acknowledged, "degraded", later(60), 60)?.type, "close");
    assert.equal(nextOf({ ...acknowledged, heardAt: later(30) }, "degraded", later(60), 60), undefined);
    assert.equal(nextOf({ ...incident, resolvedAt: later(1) }, "degraded", later(120), 60), undefined);
  });
  it("what was suspended comes back by nobody but a person", () => {
    for (const one of [
      { ...acknowledged, kind: "security_incident" as const },
      { ...acknowledged, silentAt: later(1) },
    ]) {
      assert.equal(nextOf(one, "suspended", later(9_999), 60), undefined);
      assert.equal(nextOf(one, "active", later(9_999), 60)?.type, "close");
    }
  });
});
