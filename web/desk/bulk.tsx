// Several rows of a list at once: ticked, they are rejected for one reason, given to one colleague, or compared. Nothing is
// sent for five seconds, and one key takes all of it back. What is rejected was shown whole before: no report ends unread.
import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { closedBecause, openAct } from "./acts";
import { call, type CaseLine, type CaseView, kindOf, newKey, ofCase, type Opened, type Person, readCase } from "./api";
import { Choices, Opened as Panel } from "./choices";
import { Pick } from "./combobox";
import { isCovered } from "./content-cover";
import { known, type Schemas } from "./fields";
import { type Act, signOf } from "./keys";
import { aboutOf, whyNotAlike } from "./line-facts";
import { type Act as Pending, decideTogether, onCase, undecided, useTray } from "./pending-decisions";
import { refusal } from "./refusals";
import { Icon } from "./ui/icon";
import type { TableProps } from "./ui/table";
import { Code, Told } from "./untrusted-text";
import { category, number, t } from "./words";

/** As many as a person reads before they decide on all of them. */
const MOST_REJECTED = 10;
/** As many stand side by side. */
const MOST_COMPARED = 4;
/** One choice for each digit. */
const DIGITS = 10;
const REASONS = ["not_an_offence", "no_exploitable_facts"] as const;

interface BulkProps {
  readonly person: Person;
  /** The list in front. */
  readonly of: string;
  readonly lines: readonly CaseLine[];
  readonly open: (id: string) => void;
  /** Reads the list anew, where that leaves out nothing that was read. */
  readonly again: (() => void) | undefined;
}

interface Bulk {
  /** The lines without those on which a decision is on its way. */
  readonly lines: readonly CaseLine[];
  readonly table: Partial<Pick<TableProps<CaseLine>, "ticks" | "bulk">>;
  /** Whether a key was for the ticked rows. */
  readonly heard: (act: Act | undefined, digit: number | undefined) => boolean;
  /** Ticks no row: nothing is done to one that a filter hides. */
  readonly none: () => void;
}

type Colleague = Schemas["Colleagues"]["people"][number];

type Mode =
  | { readonly is: "ticked" }
  | { readonly is: "wait" }
  | { readonly is: "wrong"; readonly kind: string }
  | { readonly is: "reject"; readonly read: readonly Opened[] }
  | { readonly is: "assign"; readonly colleagues: readonly Colleague[] };

const TICKED: Mode = { is: "ticked" };
/** It is seen again in the list, which is in front, or to which a key leads. */
const stays = (): void => undefined;

/** What a person does to several rows of a list; nothing where the acts are those of one case. */
function offered({ role }: Person, of: string): "reject" | "assign" | undefined {
  if (role === "officer") return of === "held" ? "assign" : undefined;
  return (role === "analyst" || role === "supervisor") && of === "waiting" ? "reject" : undefined;
}

/** Why a case is left out of what is rejected together, as it was read. */
const whyLeftOut = (view: CaseView): string | undefined =>
  closedBecause(view, "reject") ?? (isCovered(view) || view.cursor ? t("alike_not_whole") : undefined);

export function useBulk({ person, of, lines: read, open, again }: BulkProps): Bulk {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const [ended, setEnded] = useState<ReadonlySet<string>>(new Set());
  const [mode, setMode] = useState<Mode>(TICKED);
  useTray();
  const leaving = undecided().join(" ");
  const lines = useMemo(() => read.filter(({ id }) => !ended.has(id) && !leaving.split(" ").includes(id)), [read, ended, leaving]);
  const may = offered(person, of);
  const chosen = may ? lines.filter(({ id }) => ids.has(id)) : [];
  // What is read for rows that are ticked no more is not shown.
  const turn = useRef(0);
  const tick = (to: ReadonlySet<string>): void => {
    turn.current += 1;
    setIds(to);
    setMode(TICKED);
  };
  const none = (): void => tick(new Set());
  const ready = async (found: () => Promise<Mode>): Promise<void> => {
    const own = (turn.current += 1);
    setMode({ is: "wait" });
    const to = await found().catch((error: unknown): Mode => ({ is: "wrong", kind: kindOf(error) }));
    if (own === turn.current) setMode(to);
  };
  const beginReject = (): void =>
    void ready(async () => ({ is: "reject", read: await Promise.all(chosen.map(({ id }) => readCase(id))) }));
  const beginAssign = (): void =>
    void ready(async () => ({ is: "assign", colleagues: (await call<Schemas["Colleagues"]>({ method: "GET", path: "/v1/desk/colleagues" })).body.people }));
  const together = (acts: readonly Pending[]): void => {
    decideTogether(acts);
    none();
  };
  const rejected = mode.is === "reject" ? mode.read.filter(({ view }) => !whyLeftOut(view)) : [];
  const reject = (place: number): void => {
    const reason = REASONS[place];
    if (!reason || !rejected.length) return;
    const batch = newKey();
    together(
      rejected.map((each) => ({
        ...onCase(each, { outcome: "reject", reason, batch, ...known(each.view) }),
        back: stays,
        holds: () => setEnded((before) => new Set([...before, each.view.id])),
      })),
    );
  };
  const assign = (to: Colleague | undefined): void => {
    if (!to) return;
    const batch = newKey();
    together(
      chosen.map(({ id }) => ({
        id,
        outcome: "assign",
        about: [to.name],
        asked: () => ({ method: "PUT", path: `${ofCase(id)}/owner`, body: { to: to.subject, batch } satisfies Schemas["Ownership"], patient: true }),
        back: stays,
        holds: () => again?.(),
      })),
    );
  };
  const compare = (): void => {
    const [first, ...others] = chosen.map(({ id }) => id);
    if (!first) return;
    openAct(first, { act: "compare", of: others.join(" ") });
    none();
    open(first);
  };
  const compares = may === "reject" && chosen.length > 1 && chosen.length <= MOST_COMPARED;
  const rejects = may === "reject" && chosen.length <= MOST_REJECTED;
  const heard: Bulk["heard"] = (act, digit) => {
    if (!chosen.length) return false;
    const place = digit === undefined ? -1 : (digit + DIGITS - 1) % DIGITS;
    if (act === "leave") mode.is === "ticked" ? none() : tick(ids);
    else if (mode.is === "reject" && digit !== undefined) reject(place);
    else if (mode.is === "assign" && digit !== undefined) assign(mode.colleagues[place]);
    else if (act === "reject" && rejects) beginReject();
    else if (act === "danger" && may === "assign") beginAssign();
    else if (act === "together" && compares) compare();
    // A digit or a letter means nothing else while something is chosen for these rows.
    else return mode.is !== "ticked" && act !== "undo" && act !== "help";
    return true;
  };
  const bar = (): JSX.Element => (
    <>
      {mode.is === "wait" ? <p role="status" class="bulk-panel">{t("wait")}</p> : null}
      {mode.is === "wrong" ? <p role="alert" class="bulk-panel">{refusal(mode.kind)}</p> : null}
      {mode.is === "reject" ? (
        <div class="bulk-panel">
          <Read cases={mode.read} />
          {rejected.length ? (
            <Choices title={t("reject_alike", { n: number(rejected.length) })} why={t("alike_reads")} names={REASONS.map((each) => t(`reject_${each}`))} choose={reject} leave={() => tick(ids)} />
          ) : (
            <p role="alert">{t("alike_none")}</p>
          )}
        </div>
      ) : null}
      {mode.is === "assign" ? <div class="bulk-panel"><To colleagues={mode.colleagues} choose={assign} leave={() => tick(ids)} /></div> : null}
      <b role="status">{t("ticked_n", { n: number(chosen.length) })}</b>
      <Shared lines={chosen} />
      {may === "assign" ? <button type="button" class="button quiet" onClick={beginAssign}><Icon name="user-plus" size="small" />{t("assign_to")} <kbd>{signOf("danger")}</kbd></button> : null}
      {compares ? <button type="button" class="button quiet" onClick={compare}><Icon name="git-merge" size="small" />{t("compare_join")} <kbd>{signOf("together")}</kbd></button> : null}
      {rejects ? <button type="button" class="button quiet" onClick={beginReject}><Icon name="ban" size="small" />{t("reject_together")} <kbd>{signOf("reject")}</kbd></button> : null}
      {may === "reject" && !rejects ? <span class="hint">{t("alike_most", { n: number(MOST_REJECTED) })}</span> : null}
      <button type="button" class="link" onClick={none}>{t("tick_none")} <kbd>{signOf("leave")}</kbd></button>
    </>
  );
  if (!may) return { lines, table: {}, heard, none };
  const ticks: NonNullable<Bulk["table"]["ticks"]> = {
    ids: new Set(chosen.map(({ id }) => id)),
    change: tick,
    name: (line) => t("tick_case", { case: line.number ?? line.id, words: aboutOf(line) }),
    all: t("tick_all"),
    not: whyNotAlike,
  };
  return { lines, table: { ticks, bulk: bar }, heard, none };
}

/** What all of them name: the account of somebody else. */
function Shared({ lines }: { lines: readonly CaseLine[] }): JSX.Element | null {
  const accounts = new Set(lines.map(({ facts }) => facts?.account?.text ?? ""));
  const [account] = accounts;
  return lines.length > 1 && accounts.size === 1 && account ? <span class="hint">{t("ticked_same")} <Code text={account} /></span> : null;
}

/** All that their reporters wrote, and why a case is left out. */
function Read({ cases }: { cases: readonly Opened[] }): JSX.Element {
  return (
    <ul class="bulk-cases" tabIndex={0} aria-label={t("told")}>
      {cases.map(({ view }) => {
        const out = whyLeftOut(view);
        return (
          <li key={view.id} class={out ? "out" : ""}>
            <p class="hint"><Code text={view.number ?? view.id} /> · {category(view.category)} {out ? <b> · {out}</b> : null}</p>
            {isCovered(view) ? null : view.reports.map((each) => (
              <div key={each.reference}>
                <Told text={each.narrative ?? ""} lang={each.language} />
                {each.files?.length ? <p class="hint">{t("line_files", { n: number(each.files.length) })}</p> : null}
              </div>
            ))}
          </li>
        );
      })}
    </ul>
  );
}

function To({ colleagues, choose, leave }: { colleagues: readonly Colleague[]; choose: (to: Colleague | undefined) => void; leave: () => void }): JSX.Element {
  if (colleagues.length <= DIGITS) return <Choices title={t("assign_to")} names={colleagues.map(({ name }) => name)} choose={(place) => choose(colleagues[place])} leave={leave} />;
  return (
    <Panel title={t("assign_to")} leave={leave}>
      <Pick
        id="assign-to"
        label={t("assign_to")}
        hint={t("pick_hint")}
        options={colleagues.map(({ subject, name }) => ({ id: subject, name, kind: t("by_colleague") }))}
        choose={({ id }) => choose(colleagues.find(({ subject }) => subject === id))}
      />
    </Panel>
  );
}
