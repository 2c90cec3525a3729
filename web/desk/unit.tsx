// The lists of a unit: what it holds, one's own first, then by the nearest deadline, and what came to cases it ended.
import type { JSX } from "preact";
import type { CaseLine, Person } from "./api";
import { Code, Said } from "./untrusted-text";
import { useQueue } from "./queue";
import { refusal } from "./refusals";
import { secondsUntil, span } from "./times";
import { category, said, t } from "./words";

interface UnitProps {
  readonly person: Person;
  /** How many decisions hold by now: after each one the lists are read again. */
  readonly taken: number;
  readonly open: (id: string) => void;
}

export function UnitLists({ person, taken, open }: UnitProps): JSX.Element {
  return (
    <>
      <OfUnit of="held" title={t("unit_holds")} none={t("unit_holds_none")} person={person} taken={taken} open={open} />
      <OfUnit of="added" title={t("unit_added")} none={t("unit_added_none")} person={person} taken={taken} open={open} />
    </>
  );
}

interface OfUnitProps extends UnitProps {
  readonly of: "held" | "added" | "office";
  readonly title: string;
  readonly none: string;
}

export function OfUnit({ of, title, none, person, taken, open }: OfUnitProps): JSX.Element {
  const { lines: cases, people, goesOn, leftOut, wrong, more, again } = useQueue(of, taken);
  const mine = (line: CaseLine): number => Number(line.owner === person.subject);
  // The list of an office comes in its order: what awaits its authorisation first.
  const lines = of === "office" ? (cases ?? []) : [...(cases ?? [])].sort((one, other) => mine(other) - mine(one) || sooner(nearest(one).left, nearest(other).left));
  return (
    <section class={of} aria-busy={!cases && !wrong}>
      <h2>{title}</h2>
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={again}>{t("retry")}</button></p> : null}
      {cases && !cases.length ? <p>{none}</p> : null}
      <ul class="mine">{lines.map((each) => <Line key={each.id} line={each} owner={each.owner === person.subject ? t("owner_me") : people[each.owner ?? ""]} open={open} />)}</ul>
      {leftOut ? <p class="hint">{t("office_left_out")}</p> : null}
      {goesOn ? <p><button type="button" class="link" onClick={more}>{t("more")}</button></p> : null}
    </section>
  );
}

interface LineProps {
  readonly line: CaseLine;
  /** Who of the unit works on it, in words. */
  readonly owner: string | undefined;
  readonly open: (id: string) => void;
}

function Line({ line, owner, open }: LineProps): JSX.Element {
  const { kind, left } = nearest(line);
  return (
    <li>
      <span class={`chip ${line.priority}`}>{t(`priority_${line.priority}`)}</span>
      <button type="button" class="link" onClick={() => open(line.id)}><Code text={line.id} /></button>
      {line.number ? <Code text={line.number} /> : null}
      <span>{category(line.category)}</span>
      {owner ? <b><Said text={owner} /></b> : null}
      {line.status === "acknowledged" ? null : <span>{t(`status_${line.status}`)}</span>}
      {kind ? (
        <span class={left > 0 ? "hint" : "hint late-clock"}>
          {said("deadline", kind)} {left > 0 ? t("due_in", { time: span(left) }) : Number.isFinite(left) ? t("late_by", { time: span(-left) }) : t("late")}
        </span>
      ) : null}
    </li>
  );
}

// The difference of two infinite numbers is none.
const sooner = (one: number, other: number): number => (one === other ? 0 : one < other ? -1 : 1);

/** The deadline that comes first. One that was late at its last level has no time left to name. */
function nearest(line: CaseLine): { readonly kind: string; readonly left: number } {
  const every = (line.deadlines ?? []).map(({ kind, due }) => ({ kind: kind as string, left: due ? secondsUntil(due) : -Infinity }));
  return every.sort((one, other) => sooner(one.left, other.left))[0] ?? { kind: "", left: Infinity };
}
