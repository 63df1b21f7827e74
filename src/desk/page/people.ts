import type { DeskPerson } from "../wire.ts";
import { avatar } from "./avatar.ts";
import { button, byId, element, icon } from "./element.ts";

/** Who the scenes of the README are about. */
const PINNED = ["maya.lindqvist", "jonas.weber", "priya.nair", "helena.okafor", "tomas.novak", "amara.diallo"];

/** The list in which one chooses who to be: a combobox over a list, all by keyboard. */
export function createPeople(
  people: DeskPerson[],
  onChoose: (person: DeskPerson) => void,
): { show(acting: DeskPerson): void } {
  const place = byId("acting", HTMLElement);
  const face = element("span", { class: "acting-face" });
  const opener = button(
    { class: "acting-button", "aria-haspopup": "listbox", "aria-expanded": "false" },
    () => (panel.hidden ? open() : close()),
    face,
  );
  const search = element("input", {
    ...{ type: "text", class: "people-search", placeholder: "Search by name, title or role", autocomplete: "off" },
    ...{ role: "combobox", "aria-controls": "people-list", "aria-expanded": "true", "aria-label": "Search people" },
  });
  const list = element("div", { class: "people-list", id: "people-list", role: "listbox", "aria-label": "People" });
  const panel = element("div", { class: "people-panel", hidden: true }, search, list);
  place.replaceChildren(opener, panel);
  let acting: DeskPerson | undefined;
  let found: DeskPerson[] = [];
  let at = 0;

  const open = (): void => {
    panel.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    search.value = "";
    at = 0;
    draw();
    search.focus();
  };
  const close = (): void => {
    panel.hidden = true;
    opener.setAttribute("aria-expanded", "false");
  };
  const choose = (person: DeskPerson | undefined): void => {
    close();
    opener.focus();
    if (person !== undefined) onChoose(person);
  };
  const draw = (): void => {
    const matching = peopleLike(people, search.value.trim().toLocaleLowerCase());
    const pinned =
      search.value.trim() === "" ? PINNED.flatMap((handle) => matching.filter((one) => one.handle === handle)) : [];
    const others = matching.filter((person) => !pinned.includes(person));
    found = [...pinned, ...others];
    const group = (name: string, members: DeskPerson[]): HTMLElement =>
      element(
        "div",
        { role: "group", "aria-label": name },
        element("div", { class: "people-group", "aria-hidden": "true" }, name),
        ...members.map((person) => optionOf(person, person.id === acting?.id, () => choose(person))),
      );
    list.replaceChildren(
      ...(pinned.length > 0 ? [group("Pinned", pinned)] : []),
      ...(others.length > 0 ? [group(pinned.length > 0 ? "Everybody" : "Found", others)] : []),
      ...(found.length === 0 ? [element("p", { class: "people-none" }, "Nobody is called that.")] : []),
    );
    mark(0);
  };
  const mark = (next: number): void => {
    at = Math.max(0, Math.min(found.length - 1, next));
    const options = list.querySelectorAll(".person");
    for (const [i, option] of options.entries()) option.classList.toggle("marked", i === at);
    const marked = options[at];
    search.setAttribute("aria-activedescendant", marked?.id ?? "");
    marked?.scrollIntoView({ block: "nearest" });
  };
  const steps: Record<string, () => void> = {
    ArrowDown: () => mark(at + 1),
    ArrowUp: () => mark(at - 1),
    PageDown: () => mark(at + 8),
    PageUp: () => mark(at - 8),
    Enter: () => choose(found[at]),
    Escape: () => choose(undefined),
  };
  search.addEventListener("input", draw);
  search.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (step === undefined || event.isComposing) return;
    event.preventDefault();
    step();
  });
  place.addEventListener("focusout", ({ relatedTarget }) => {
    if (!place.contains(relatedTarget as Node | null)) close();
  });
  return {
    show(person) {
      acting = person;
      opener.setAttribute("aria-label", `Acting as ${person.name}, ${person.title}. Change`);
      face.replaceChildren(avatar({ ...person, kind: "person" }), ...wordsOf(person, "Acting as"), icon("chevron"));
    },
  };
}

/** Everybody with all these words somewhere; first those who have them in one piece. */
function peopleLike(people: DeskPerson[], asked: string): DeskPerson[] {
  const textOf = ({ name, title, department, roles }: DeskPerson): string =>
    [name, title, department, ...roles].join(" ").toLocaleLowerCase();
  const found = people.filter((person) => asked.split(/\s+/).every((word) => textOf(person).includes(word)));
  const isExact = (person: DeskPerson): boolean => textOf(person).includes(asked);
  return [...found.filter(isExact), ...found.filter((person) => !isExact(person))];
}

function optionOf(person: DeskPerson, isActing: boolean, onClick: () => void): HTMLElement {
  const option = element(
    "div",
    { class: "person", role: "option", id: `person-${person.id}`, "aria-selected": String(isActing) },
    avatar({ ...person, kind: "person" }),
    ...wordsOf(person, ""),
    element("span", { class: "person-roles" }, ...person.roles.map((role) => element("span", { class: "tag" }, role))),
  );
  // The search keeps the focus: a press of the mouse would take it.
  option.addEventListener("mousedown", (event) => event.preventDefault());
  option.addEventListener("click", onClick);
  return option;
}

function wordsOf({ name, title, department }: DeskPerson, before: string): HTMLElement[] {
  const lead = before === "" ? [] : [element("span", { class: "acting-as" }, before)];
  return [
    element(
      "span",
      { class: "person-words" },
      ...lead,
      element("span", { class: "person-name" }, name),
      element("span", { class: "person-title" }, before === "" ? `${title} · ${department}` : title),
    ),
  ];
}
