// What stands in the cells of a table of cases.
import type { JSX } from "preact";
import type { CaseLine, Person } from "./api";
import { nature } from "./danger-said";
import { isLate, lateness, overdue } from "./late";
import { amount, holderOf, isGuessed, isHidden, leftOf, nameOf, nearest, placeOf, wordsOf } from "./line-facts";
import { secondsUntil, span } from "./times";
import { Icon } from "./ui/icon";
import { PriorityMark } from "./ui/priority-mark";
import { Code, Said } from "./untrusted-text";
import { category, type Names, number, said, t } from "./words";

/** Where less than that is left of a deadline, it stands out. */
const SOON_SECONDS = 3600;

export function PriorityCell({ line: { priority, danger, status } }: { line: CaseLine }): JSX.Element {
  const guessed = danger ? danger.kind !== "stated" : status === "in_review";
  return <PriorityMark priority={priority} is={danger?.kind === "stated" ? "said" : guessed ? "guessed" : undefined}>{t(`priority_${priority}`)}</PriorityMark>;
}

/** What a telephone has no columns for, below the words. */
export function ShortCell({ line, places }: { line: CaseLine; places: ReadonlyMap<string, string> }): JSX.Element {
  const place = placeOf(line, places);
  return (
    <>
      <WordsCell line={line} />
      <span class="line-short">
        <PriorityCell line={line} />
        <span class="short-place">{place ? <Said text={place} /> : category(line.category)}</span>
      </span>
    </>
  );
}

/** The first words in their own direction, at the edge of the column, and signs for what else there is. */
export function WordsCell({ line }: { line: CaseLine }): JSX.Element {
  const { facts, danger, unread } = line;
  const first = wordsOf(line);
  return (
    <span class="line-words">
      {first ? (
        <span class="first-words" {...(facts?.words_language ? { lang: facts.words_language } : {})}><Said text={first} /></span>
      ) : (
        <span class="first-words">{nature(line)}{isHidden(line) ? <small> · {t("line_covered")}</small> : null}</span>
      )}
      {danger && danger.kind !== "stated" ? <Sign icon={danger.kind === "announced" ? "siren" : "circle-question-mark"} look={danger.kind} says={t(`danger_${danger.kind}`)} /> : null}
      {facts?.files ? <Sign icon="image" n={facts.files} says={t("line_files", { n: number(facts.files) })} /> : null}
      {facts?.joined ? <Sign icon="link" n={facts.joined} says={t("line_joined", { n: number(facts.joined) })} /> : null}
      {unread ? <span class="chip on">{t("line_added")}</span> : null}
    </span>
  );
}

function Sign({ icon, look, n, says }: { icon: "siren" | "circle-question-mark" | "image" | "link"; look?: "announced" | "doubted"; n?: number; says: string }): JSX.Element {
  return (
    <span class={`line-sign ${look ?? ""}`} title={says}>
      <Icon name={icon} size="small" />{n ? <small aria-hidden="true">{number(n)}</small> : null}<span class="hidden-text">{says}</span>
    </span>
  );
}

export function PlaceCell({ line, places }: { line: CaseLine; places: ReadonlyMap<string, string> }): JSX.Element | null {
  const place = placeOf(line, places);
  return place ? <span class={isGuessed(line, "territory") ? "guessed" : ""} title={place}><Said text={place} /></span> : null;
}

export function SumCell({ line }: { line: CaseLine }): JSX.Element | null {
  const { sum, currency } = line.facts ?? {};
  return sum && currency ? <b class={`sum ${isGuessed(line, "sum") ? "guessed" : ""}`}>{amount(Number(sum), currency)}</b> : null;
}

export function MoneyCell({ line }: { line: CaseLine }): JSX.Element {
  const { account } = line.facts ?? {};
  return (
    <span class="line-money">
      <SumCell line={line} />
      {account ? <span class={`account ${isGuessed(line, "account") ? "guessed" : ""}`} title={said("kind", account.kind)}><Code text={account.text} /></span> : null}
    </span>
  );
}

/** The deadline that comes first: what is left of it, or how late it is. */
export function DueCell({ line }: { line: CaseLine }): JSX.Element | null {
  const first = nearest(line);
  if (!first) return null;
  const left = leftOf(first);
  const over = isLate(first);
  const soon = over || left < SOON_SECONDS;
  const kind = said("deadline", first.kind);
  return (
    <span class={soon ? "due soon" : "due"} title={over ? `${kind} · ${lateness(first)}` : kind}>
      {soon ? <Icon name="timer" size="small" /> : null}
      {over ? overdue(first) : span(left)}<span class="hidden-text"> {kind}</span>
    </span>
  );
}

export const StatusCell = ({ line: { status } }: { line: CaseLine }): JSX.Element => <span title={t(`status_${status}`)}>{t(`status_${status}`)}</span>;

export function HolderCell({ line, people, person }: { line: CaseLine; people: Names; person: Person }): JSX.Element {
  const by = holderOf(line);
  if (!by) return <span class="hint">{t("line_nobody")}</span>;
  return <span class="holder"><Said text={nameOf(by, people, person)} /></span>;
}

export const AgeCell = ({ line }: { line: CaseLine }): JSX.Element => <time dateTime={line.opened_at}>{span(-secondsUntil(line.opened_at))}</time>;
