// Why a case weighs what it does: what its reports told, in order, and who decided on its priority.
import type { ComponentChildren, JSX } from "preact";
import type { CaseView, Entry } from "./api";
import { reasonOf } from "./danger-said";
import { nameOf } from "./entries";
import { Said } from "./untrusted-text";
import { when } from "./times";
import { number, said, t } from "./words";

/** What an analysis says where it found no reason: beside one, it would contradict it. */
const NOTHING = "nothing_urgent_stated";

interface WeightProps {
  readonly view: CaseView;
  /** The words that say so, where they are shown. */
  readonly because: (reason: string) => ComponentChildren;
}

export function Weight({ view, because }: WeightProps): JSX.Element {
  const first = view.assessment?.reasons ?? [];
  const since = view.history.filter(({ move, data }) => (move === "raise" && (data["priority"] || reasonsIn(data).length)) || (move === "confirm" && data["priority"]));
  const raised = since.some(({ move, data }) => move === "raise" && reasonsIn(data).length);
  return (
    <ul>
      {first.filter((each) => !(raised && each === NOTHING)).map((each) => (
        <li key={each}>{reasonOf(view.danger, each)} {raised ? <small>{reportName(view, view.assessment?.report)}</small> : null}{because(each)}</li>
      ))}
      {since.map((each) => <li key={each.number}>{each.move === "raise" ? <Raised view={view} entry={each} /> : <Decided view={view} entry={each} />}</li>)}
    </ul>
  );
}

const reasonsIn = (data: Entry["data"]): string[] =>
  (Array.isArray(data["reasons"]) ? data["reasons"] : []).filter((each): each is string => typeof each === "string" && each !== NOTHING);

/** Every reason for the priority of a case: what its reports told, in order. */
export const reasonsOf = (view: CaseView): string[] => [
  ...(view.assessment?.reasons ?? []),
  ...view.history.filter(({ move }) => move === "raise").flatMap(({ data }) => reasonsIn(data)),
];

/** The report as the page names it. */
function reportName(view: CaseView, reference: unknown): string {
  const found = view.reports.find((each) => each.reference === reference);
  return found ? t("report_n", { n: number(found.number) }) : String(reference ?? "");
}

const toPriority = ({ data }: Entry): string => (typeof data["priority"] === "string" ? said("priority", data["priority"]) : "");

function Raised({ view, entry }: { view: CaseView; entry: Entry }): JSX.Element {
  const to = toPriority(entry);
  return (
    <>
      {reasonsIn(entry.data).map((each) => said("reason", each)).join(" · ")}{" "}
      <small>{reportName(view, entry.data["report"])} · {when(entry.at)}{to ? ` · ${t("weight_raised", { priority: to })}` : ""}</small>
    </>
  );
}

function Decided({ view, entry }: { view: CaseView; entry: Entry }): JSX.Element {
  return <><b>{t("weight_confirmed", { priority: toPriority(entry) })}</b> <Said text={nameOf(view, entry.by)} /> <small>{when(entry.at)}</small></>;
}
