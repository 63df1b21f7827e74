/** What whoever answers for an agent types instead of clicking on a card about it. `agent`: its name, as it was typed. */
export type DutyCommand = { kind: "duty"; agent: string } & (
  | { verb: "reviewed" }
  | { verb: "extend"; until: string; why: string }
  | { verb: "deprecate"; isSure: boolean }
  | { verb: "acknowledge" }
  | { verb: "return"; why: string }
  | { verb: "name-owner"; owner: string }
);

const NAME = "([\\p{L}\\p{N}][\\p{L}\\p{N} /&+'’().-]{1,59}?)";
const rule = (pattern: string): RegExp => new RegExp(pattern, "iu");

export const dutyRules: [RegExp, (m: string[]) => DutyCommand][] = [
  [rule(`^(?:mark )?reviewed[\\s:]+${NAME}[.!]?$`), ([, agent = ""]) => ({ kind: "duty", verb: "reviewed", agent })],
  [
    rule(
      `^(?:extend|put off)\\s+(?:the review of\\s+)?${NAME}\\s+(?:until|to|till)\\s+(\\d{4}-\\d{2}-\\d{2})(?:[\\s:,]+([\\s\\S]+))?$`,
    ),
    ([, agent = "", until = "", why = ""]) => ({ kind: "duty", verb: "extend", agent, until, why }),
  ],
  [
    rule(`^deprecate\\s+${NAME}(\\s+for good)?[.!]?$`),
    ([, agent = "", sure]) => ({ kind: "duty", verb: "deprecate", agent, isSure: sure !== undefined }),
  ],
  [rule(`^acknowledge\\s+${NAME}[.!]?$`), ([, agent = ""]) => ({ kind: "duty", verb: "acknowledge", agent })],
  [
    rule(`^(?:put back|return)\\s+${NAME}(?:\\s*[:,]\\s*([\\s\\S]+))?$`),
    ([, agent = "", why = ""]) => ({ kind: "duty", verb: "return", agent, why }),
  ],
  [
    rule(`^name\\s+(.{2,80}?)\\s+(?:(?:as )?(?:the )?owner of|for)\\s+${NAME}[.!]?$`),
    ([, owner = "", agent = ""]) => ({ kind: "duty", verb: "name-owner", agent, owner }),
  ],
];
