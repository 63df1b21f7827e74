import type { Report } from "./measure.ts";
import type { Share } from "./wilson.ts";

/** "0 of 4458 (0.00 %, 95 %: 0.00 to 0.09 %)" */
export function shareInWords({ n, of, share, low, high }: Share): string {
  const percent = (value: number) => (100 * value).toFixed(2);
  return `${n} of ${of} (${percent(share)} %, 95 %: ${percent(low)} to ${percent(high)} %)`;
}

/** The report for people; lists of names end after ten. */
export function inWords(report: Report): string {
  const { attackSuccess, benignCompletion, overBlocking, byChannel, succeeded, failed } = report;
  const names = (list: { id: string; channel: string }[]) =>
    list.slice(0, 10).map(({ id, channel }) => `    ${id} in ${channel}`);
  const counts = (all: Record<string, number>) =>
    Object.entries(all)
      .map(([key, n]) => `${key} ${n}`)
      .join(", ");
  return [
    `Cases: ${report.cases.attack} attacks, ${report.cases.benign} benign, each in every channel; ${report.seconds} s`,
    `Attack success:    ${shareInWords(attackSuccess)}`,
    ...names(succeeded),
    `Benign completion: ${shareInWords(benignCompletion)}`,
    ...names(failed),
    `Over-blocking:     ${shareInWords(overBlocking)}`,
    ...Object.entries(byChannel)
      .filter(([, { attack, benign }]) => attack.of + benign.of > 0)
      .map(
        ([name, { attack, benign }]) =>
          `  ${name}: ${attack.n} of ${attack.of} attacks, ${benign.n} of ${benign.of} benign`,
      ),
    `Attacks ended as: ${counts(report.attacksEnded)}`,
    `Logged: ${counts(report.reasonsLogged)}`,
    `Planted texts that a model was shown outside a zone: ${report.outsideZone}`,
  ].join("\n");
}
