// The list of a prosecutor's office, in its order: what awaits its authorisation first.
import type { JSX } from "preact";
import type { CaseLine, Person } from "./api";
import { Code, Said } from "./untrusted-text";
import { leftOf, nearest } from "./line-facts";
import { useQueue } from "./queue";
import { refusal } from "./refusals";
import { span } from "./times";
import { PriorityMark } from "./ui/priority-mark";
import { category, said, t } from "./words";

interface OfficeCasesProps {
  readonly person: Person;
  readonly open: (id: string) => void;
}

export function OfficeCases({ person, open }: OfficeCasesProps): JSX.Element {
  const { lines: cases, people, goesOn, leftOut, wrong, more, again } = useQueue("office", 0);
  return (
    <section class="office" aria-busy={!cases && !wrong}>
      <h2>{t("office_cases")}</h2>
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={again}>{t("retry")}</button></p> : null}
      {cases && !cases.length ? <p>{t("office_cases_none")}</p> : null}
      <ul class="mine">{(cases ?? []).map((each) => <Line key={each.id} line={each} owner={each.owner === person.subject ? t("owner_me") : people[each.owner ?? ""]} open={open} />)}</ul>
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
  const first = nearest(line);
  const left = first ? leftOf(first) : Infinity;
  return (
    <li>
      <PriorityMark priority={line.priority} is={line.danger?.kind === "stated" ? "said" : undefined}>{t(`priority_${line.priority}`)}</PriorityMark>
      <button type="button" class="link" onClick={() => open(line.id)}><Code text={line.id} /></button>
      {line.number ? <Code text={line.number} /> : null}
      <span>{category(line.category)}</span>
      {owner ? <b><Said text={owner} /></b> : null}
      {line.status === "acknowledged" ? null : <span>{t(`status_${line.status}`)}</span>}
      {first ? (
        <span class={left > 0 ? "hint" : "hint late-clock"}>
          {said("deadline", first.kind)} {left > 0 ? t("due_in", { time: span(left) }) : Number.isFinite(left) ? t("late_by", { time: span(-left) }) : t("late")}
        </span>
      ) : null}
    </li>
  );
}
