// What is off, before anything else: as tiles that choose, and as the list of what to settle now.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Board, CaseLine } from "./api";
import { isLate, lateness } from "./late";
import { GiveAway } from "./reassign";
import { secondsUntil, span } from "./times";
import { Chip, type ChipKind } from "./ui/chip";
import { Tile, Tiles } from "./ui/tile";
import { Code, Said } from "./untrusted-text";
import { category, named, type Names, number, said, t, words } from "./words";

const KINDS = ["alone", "late", "contested", "second", "unauthorised"] as const;
type Kind = (typeof KINDS)[number];
const LOOKS: Readonly<Record<Kind, "danger" | "late" | undefined>> = {
  alone: "danger",
  late: "late",
  contested: undefined,
  second: undefined,
  unauthorised: undefined,
};
const SHOWN_AT_FIRST = 8;

interface Item {
  readonly kind: Kind;
  readonly line: CaseLine;
}

interface PressingProps {
  readonly board: Board;
  readonly people: Names;
  readonly open: (id: string) => void;
  readonly changed: () => void;
  readonly refused: (kind: string) => void;
}

export function Pressing({ board, people, open, changed, refused }: PressingProps): JSX.Element {
  const [chosen, choose] = useState<Kind>();
  const [all, showAll] = useState(false);
  const lists: Readonly<Record<Kind, readonly CaseLine[]>> = {
    alone: board.without_person,
    late: board.late,
    contested: board.contested,
    second: board.second_looks,
    unauthorised: board.unauthorised,
  };
  const found = KINDS.filter((kind) => !chosen || kind === chosen).flatMap((kind) => lists[kind].map((line): Item => ({ kind, line })));
  // A case that is off for several reasons stands once, for the gravest.
  const items = found.filter(({ line }, at) => found.findIndex((each) => each.line.id === line.id) === at);
  const shown = all || chosen ? items : items.slice(0, SHOWN_AT_FIRST);
  const goesOn = (kind: Kind): boolean => kind === "late" && board.late_goes_on;
  return (
    <>
      <Tiles name={t("off_now")}>
        {KINDS.map((kind) => (
          <Tile
            key={kind}
            figure={number(lists[kind].length) + (goesOn(kind) ? "+" : "")}
            label={t(`off_${kind}`)}
            {...longest(kind, lists[kind])}
            kind={LOOKS[kind]}
            on={chosen === kind}
            press={() => choose(chosen === kind ? undefined : kind)}
          />
        ))}
        <Tile figure={number(board.due_soon)} label={t("off_soon")} {...(board.load_goes_on ? { more: t("off_read_first") } : {})} kind={board.due_soon ? "late" : undefined} />
        <Backlog board={board} />
      </Tiles>
      <section class="pressing" aria-labelledby="board-pressing">
        <h2 id="board-pressing">{t(chosen ? `off_${chosen}` : "off_now")} {items.length ? <span>{number(items.length)}</span> : null}</h2>
        {items.length ? null : <p class="hint">{t(chosen ? `off_${chosen}_none` : "off_none")}</p>}
        <ul class="lines">
          {shown.map(({ kind, line }) => (
            <li key={kind + line.id} data-case={line.id}>
              <div class="pressing-line">
                <Chip kind={lookOf(kind, line)}>{t(`off_${kind}`)}</Chip>
                <div>
                  <p class="gist"><button type="button" class="link" onClick={() => open(line.id)}><Gist line={line} /></button></p>
                  <p class="facts-line"><Why kind={kind} line={line} people={people} /></p>
                </div>
                <span class={kind === "alone" || kind === "late" ? "late-clock" : "hint"}>{since(kind, line)}</span>
              </div>
              {kind === "late" ? <GiveAway line={line} changed={changed} refused={refused} /> : null}
            </li>
          ))}
        </ul>
        {items.length > shown.length ? <p><button type="button" class="link" onClick={() => showAll(true)}>{t("off_others", { n: number(items.length - shown.length) })}</button></p> : null}
      </section>
    </>
  );
}

/** How many wait at review, and how many days of work that is by what was decided in these days. */
function Backlog({ board }: { board: Board }): JSX.Element {
  const waiting = board.waiting.filter((each) => each.desk === "review").flatMap((each) => each.ages).reduce((sum, each) => sum + each, 0);
  const before = board.decided_by_day.slice(1);
  const usual = before.reduce((sum, each) => sum + each, 0) / Math.max(1, before.length);
  const days = usual ? waiting / usual : undefined;
  const more = days === undefined ? t("off_pace_unknown") : t("off_pace", { n: days.toLocaleString(words.locale, { maximumFractionDigits: 1 }) });
  return (
    <Tile
      figure={number(waiting) + (board.waiting_goes_on ? "+" : "")}
      label={t("waiting")}
      {...(waiting ? { more } : {})}
      kind={waiting && (days === undefined || days > 1) ? "late" : undefined}
    />
  );
}

const sinceOf = (kind: Kind, line: CaseLine): string =>
  (kind === "alone" ? line.danger?.at : kind === "unauthorised" ? line.moved_at : undefined) ?? line.opened_at;

const since = (kind: Kind, line: CaseLine): string => {
  const missed = (line.deadlines ?? []).find(isLate);
  return kind === "late" && missed ? lateness(missed) : span(-secondsUntil(sinceOf(kind, line)));
};

/** Beside a figure: for how long the one that waits longest does. */
function longest(kind: Kind, lines: readonly CaseLine[]): { readonly more?: string } {
  const first = lines.map((line) => sinceOf(kind, line)).sort()[0];
  return first ? { more: t("off_longest", { time: span(-secondsUntil(first)) }) } : {};
}

function lookOf(kind: Kind, line: CaseLine): ChipKind | undefined {
  if (kind === "alone") return line.danger?.kind === "stated" ? "danger" : "doubt";
  return kind === "late" ? "past" : undefined;
}

/** The first words of the report; where there are none, or they may be hard to bear, what it is about. */
function Gist({ line: { facts, category: about } }: { line: CaseLine }): JSX.Element {
  if (!facts?.words) return <>{category(about)}</>;
  return <q {...(facts.words_language ? { lang: facts.words_language } : {})}><Said text={facts.words} /></q>;
}

function Why({ kind, line, people }: { kind: Kind; line: CaseLine; people: Names }): JSX.Element {
  const missed = kind === "late" ? (line.deadlines ?? []).filter(isLate) : [];
  const person = kind === "second" ? line.proposed_by : (line.hold?.by ?? line.owner);
  return (
    <>
      <span>{t(`priority_${line.priority}`)}</span>
      {line.facts?.covered ? <span>{t("danger_covered")}</span> : null}
      {missed.map((each) => <span key={each.kind + each.since}>{said("deadline", each.kind)}</span>)}
      {line.referral ? <span>{named(words.units, line.referral.unit)}</span> : <span>{t(`status_${line.status}`)}</span>}
      {person ? <span>{kind === "second" ? `${t("proposed_by")} ` : ""}<Said text={people[person] ?? t("by_colleague")} /></span> : null}
      <Code text={line.number ?? line.id} />
    </>
  );
}
