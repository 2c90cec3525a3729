// Filters on a list of cases, and the views that a person keeps of them. The lines are filtered here: a list answers
// all that a filter looks at, so none costs the service a reading of its own.
import type { components } from "#types/openapi";
import type { CaseLine, Person } from "./api";
import { isLate } from "./late";
import { keep, own } from "./own-settings";
import { secondsUntil } from "./times";

export type SavedView = components["schemas"]["SavedView"];
/** A list, and what is left of it. */
export type View = Omit<SavedView, "name">;

/** As many as there are digits. */
export const MOST_VIEWS = 10;
export const LONGEST_NAME = 40;
const WORDS = ["category", "priority", "status", "territory", "language"] as const;

/** Whether a colleague holds the case, or works on it in the unit. */
function withAnother({ hold, owner }: CaseLine, { subject }: Person): boolean {
  const held = hold && hold.by !== subject && secondsUntil(hold.until) > 0;
  return Boolean(held || (owner && owner !== subject));
}

export const fits = (line: CaseLine, view: View, person: Person): boolean =>
  WORDS.every((each) => !view[each] || line[each] === view[each])
  && (!view.late || (line.deadlines ?? []).some(isLate))
  && (!view.free || !withAnother(line, person));

export const isNarrowed = (view: View): boolean => WORDS.some((each) => view[each]) || Boolean(view.late || view.free);

export const isSame = (one: View, other: View): boolean =>
  one.of === other.of
  && WORDS.every((each) => (one[each] || "") === (other[each] || ""))
  && Boolean(one.late) === Boolean(other.late)
  && Boolean(one.free) === Boolean(other.free);

export const saved = (): readonly SavedView[] => own.settings.views ?? [];

/** Keep a view under a name; one of the same name gives way to it. */
export const save = (view: View, name: string): Promise<unknown> =>
  keep((before) => {
    const views = [...(before.views ?? [])];
    const at = views.findIndex((each) => each.name === name);
    views[at < 0 ? views.length : at] = { ...view, name };
    return { ...before, views };
  });

export const remove = (name: string): Promise<unknown> =>
  keep((before) => ({ ...before, views: (before.views ?? []).filter((each) => each.name !== name) }));
