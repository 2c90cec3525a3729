// The decision at the foot of a case: what the next key does is always in sight.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { CaseView, Person, Priority, Review } from "./api";
import { type BarProps, Choices, Opened } from "./choices";
import { type Act, signOf, useKeys, useKeysOfAForm } from "./keys";
import { unnamed } from "./fields";
import { later } from "./lazy-parts";
import { Doubts, owedIn } from "./doubts";
import { usePlace } from "./place-names";
import { displayedToAdmit, look, unseenOf, useUnseen } from "./sight";
import { category, named, t, words } from "./words";
import { templates, Worded } from "./message-field";
import { ActionBar } from "./ui/action-bar";
import { Chip } from "./ui/chip";
import { Icon } from "./ui/icon";
import { Key } from "./ui/key";
import { Menu } from "./ui/menu";

const PlaceOrUnit = later("place-or-unit", () => import("./place-or-unit").then((part) => part.PlaceOrUnit));

type Confirm = Extract<Review, { outcome: "confirm" }>;
type Changes = Omit<Confirm, "outcome" | "seen" | "shown">;
type Mode = "" | "sure" | "category" | "reject" | "turn" | "priority" | "place" | "ask";

interface Draft {
  readonly changes: Changes;
  readonly question: string;
  /** The report whose reporter is asked; empty for the first that was admitted. */
  readonly asked: string;
}

/** What was chosen and typed for a case and is not sent: it outlives a refusal and the way back. */
const drafts = new Map<string, Draft>();

const REASONS = ["not_an_offence", "no_exploitable_facts", "duplicate", "out_of_scope"] as const;
const PRIORITIES: readonly Priority[] = ["immediate", "urgent", "standard", "information"];
const LONGEST_QUESTION = 2_000;

const categories = (): string[] => Object.keys(words.categories);
/** How many categories have a digit of their own. Where there are more than ten, 0 leads to the others. */
const direct = (): number => (categories().length > 10 ? 9 : 10);

export function Bar({ view, unread, person, decide, skip, next, help, palette, acts: others, act: begin, open, begun }: BarProps<Review>): JSX.Element {
  const [mode, setMode] = useState<Mode>("");
  const [draft, setDraft] = useState<Draft>(() => drafts.get(view.id) ?? { changes: proposal(view, person), question: "", asked: "" });
  useEffect(() => void (mode && begun()), [mode]);
  // The templates are there before somebody asks from one.
  useEffect(() => void templates(), []);
  const may = (move: CaseView["may"][number]): boolean => view.may.includes(move);
  const keep = (to: Partial<Draft>): void => {
    const now = { ...draft, ...to };
    drafts.set(view.id, now);
    setDraft(now);
  };
  const alter = (to: Changes): void => {
    keep({ changes: { ...draft.changes, ...to } });
    setMode("");
  };
  const send = (body: Review): void => {
    setMode("");
    decide({ ...body, seen: view.last_entry });
  };
  const seenReports = view.unadmitted ? { shown: Math.max(...view.reports.map((each) => each.number)) } : {};
  const reject = (place: number): void => {
    const reason = REASONS[place];
    if (reason === "out_of_scope") setMode("turn");
    else if (reason) send({ outcome: "reject", reason, ...seenReports });
  };
  const turn = (place: number): void => {
    const service = Object.keys(words.services)[place];
    if (service) send({ outcome: "reject", reason: "out_of_scope", turn_to: service, ...seenReports });
  };
  const ended = unnamed(view);
  const chosen = draft.changes.category ?? view.category;
  const unseen = useUnseen(view);
  const confirm = (): void => {
    look(view.id);
    if (!chosen) return;
    if (mode !== "sure" && owedIn(unseenOf(view), view, draft.changes).length) setMode("sure");
    else send({ outcome: "confirm", ...draft.changes });
  };
  const owed = owedIn(unseen, view, draft.changes);
  const recategorise = (place: number): void => {
    const id = categories()[place];
    if (id && place < direct()) alter({ category: id });
    else if (id) setMode("category");
  };
  const recategoriseBehind = (place: number): void => {
    const id = categories()[direct() + place];
    if (id) alter({ category: id });
  };
  const ask = (): void => {
    const question = draft.question.trim();
    const whose = askedOf(view, draft);
    if (question) send({ outcome: "ask", question, ...(whose ? { report: whose.reference } : {}) });
  };
  const beginAsking = (): void => {
    if (view.reports.some((each) => each.belongs) || !others.includes("admit")) setMode("ask");
    else begin({ act: "admit", before: "ask" });
  };
  const admitDisplayed = (): void => {
    const report = displayedToAdmit(view);
    setMode("");
    if (report) begin({ act: "admit", of: report });
  };
  // A question would let danger wait: what is written there is a message.
  const writes = may("confirm") && !may("ask") && others.includes("message");
  const acts: Partial<Record<Act, () => void>> = {
    ...(may("confirm") && !unread ? { confirm } : {}),
    ...(may("confirm") ? { priority: () => setMode("priority"), place: () => setMode("place") } : {}),
    ...(may("reject") && !unread ? { reject: () => setMode("reject") } : {}),
    ...(may("ask") ? { ask: beginAsking } : writes ? { ask: () => (setMode(""), begin({ act: "message" })) } : {}),
    ...(others.includes("compare") ? { together: () => begin({ act: "compare" }) } : {}),
    ...(others.includes("note") ? { note: () => (setMode(""), begin({ act: "note" })) } : {}),
    ...(others.includes("admit") ? { calm: admitDisplayed } : {}),
    skip,
  };
  const digits: Partial<Record<Mode, (place: number) => void>> = {
    reject,
    turn,
    priority: (place) => {
      const to = PRIORITIES[place];
      if (to && !lessThanDanger(view, to)) alter({ priority: to });
      else if (to && others.includes("no_danger")) {
        setMode("");
        begin({ act: "no_danger" });
      }
    },
    ...(may("confirm") ? { "": recategorise, category: recategoriseBehind } : {}),
  };
  useEffect(() => {
    if (may("confirm")) PlaceOrUnit.ahead();
  }, []);
  useKeys((act, digit) => {
    if (open) return false;
    if (act === "leave" && mode) setMode("");
    else if (mode === "sure" && (act === "confirm" || act === "next")) confirm();
    else if (mode === "place" || (act === "confirm" && mode)) return true; // what is open asks for something else
    else if (digit !== undefined && digits[mode]) digits[mode]((digit + 9) % 10);
    else if (act && acts[act]) acts[act]();
    else return false;
    return true;
  });
  const button = (act: Act, text: string, press = acts[act]): JSX.Element | null =>
    press ? <button type="button" class="button quiet" onClick={press}>{text} <Key sign={signOf(act)} /></button> : null;
  const atOnce = view.priority === "immediate" || view.imminent;
  return (
    <div class="deciding">
      {open}
      {mode === "category" ? (
        <Choices title={t("category")} names={categories().slice(direct()).map(category)} choose={recategoriseBehind} leave={() => setMode("")} />
      ) : null}
      {(mode === "reject" || mode === "turn") && ended ? (
        <p class="note">
          {ended.why} {ended.act ? <button type="button" class="link" onClick={() => (setMode(""), begin({ act: "admit" }))}>{t("act_admit")}</button> : null}
        </p>
      ) : null}
      {mode === "reject" ? <Choices title={t("reject_why")} names={REASONS.map((each) => t(`reject_${each}`))} choose={reject} leave={() => setMode("")} /> : null}
      {mode === "turn" ? <Choices title={t("turn_to")} names={Object.values(words.services)} choose={turn} leave={() => setMode("")} /> : null}
      {mode === "priority" ? (
        <Choices title={t("priority")} why={view.imminent ? t("danger_first") : undefined} names={PRIORITIES.map((each) => t(`priority_${each}`))} choose={(place) => digits.priority?.(place)} leave={() => setMode("")} />
      ) : null}
      {mode === "place" ? <PlaceOrUnit choose={alter} leave={() => setMode("")} /> : null}
      {mode === "ask" ? <Ask view={view} draft={draft} keep={keep} send={ask} leave={() => setMode("")} /> : null}
      <ActionBar
        label={t("decision")}
        decide={
          may("confirm") ? (
            <>
              <button type="button" class="button" disabled={unread} onClick={confirm}>
                <Icon name={atOnce ? "send" : "check"} flips={atOnce} />{t(mode === "sure" ? "confirm_anyway" : atOnce ? "confirm_at_once" : "confirm")} <Key sign={signOf("confirm")} />
              </button>
              <AsShown view={view} changes={draft.changes} alter={alter} reset={() => keep({ changes: {} })} place={() => setMode(mode === "place" ? "" : "place")} />
            </>
          ) : null
        }
        doubts={
          <>
            {may("confirm") ? null : <span class="hint">{t("nothing_to_decide")}</span>}
            {unread ? <span class="hint"><b>{t("uncover_first")}</b> <Key sign={signOf("uncover")} /></span> : null}
            {may("confirm") && !chosen ? <Chip kind="late" icon="circle-alert">{t("category_first")}</Chip> : null}
            {mode === "sure" ? <b class="owed" role="alert">{t("confirm_again", { what: owed.join(", ") })}</b> : may("confirm") ? <Doubts view={view} unseen={unseen} /> : null}
          </>
        }
        acts={
          <>
            {button("reject", t("reject"))}
            {button("ask", t(writes ? "act_message" : "ask"))}
            {button("together", t("to_compare"))}
            {button("note", t("to_note"))}
            {may("confirm") ? button("skip", t("skip")) : button("next", t("take_next"), next)}
            {others.includes("no_danger") ? <button type="button" class="button quiet" onClick={() => (setMode(""), begin({ act: "no_danger" }))}>{t("act_no_danger")}</button> : null}
            <button type="button" class="button quiet" onClick={palette}>{t("acts")} <Key sign={["Ctrl", "K"]} /></button>
            {button("help", t("keys"), help)}
          </>
        }
      />
    </div>
  );
}

/** Whether a priority is refused while danger is imminent: somebody has to say first that it is not. */
const lessThanDanger = (view: CaseView, priority: Priority): boolean => view.imminent && priority !== "immediate";

/** What stands in the bar at first. */
function proposal(view: CaseView, person: Person): Changes {
  if (view.proposed_by && view.proposed_by !== person.subject) return asProposed(view);
  const read = view.category ? undefined : view.assessment?.category;
  return typeof read === "string" ? { category: read } : {};
}

/** What a first person decided, for the second one who decides the same. */
function asProposed(view: CaseView): Changes {
  const data = view.history.filter((each) => each.move === "propose").pop()?.data ?? {};
  if (data["decision"] !== "confirm") return {};
  const fields = ["category", "priority", "territory", "ground", "country", "unit"].filter((each) => each in data);
  const flags = data["flags"] ? { flags: data["flags"] } : {};
  return { ...Object.fromEntries(fields.map((each) => [each, data[each]])), ...flags } as Changes;
}

/** The report whose reporter is asked: the chosen one, or the first that was admitted. */
const askedOf = (view: CaseView, { asked }: Draft): CaseView["reports"][number] | undefined =>
  view.reports.find((each) => each.reference === asked) ?? view.reports.find((each) => each.belongs);

interface AskProps {
  readonly view: CaseView;
  readonly draft: Draft;
  readonly keep: (to: Partial<Draft>) => void;
  readonly send: () => void;
  readonly leave: () => void;
}

function Ask({ view, draft, keep, send, leave }: AskProps): JSX.Element {
  useKeysOfAForm();
  const whose = askedOf(view, draft);
  return (
    <Opened title={t("ask")} leave={leave}>
      {view.reports.length > 1 ? (
        <p>
          <label for="asked">{t("ask_whom")}</label>
          <select id="asked" value={whose?.reference ?? ""} onChange={(event) => keep({ asked: event.currentTarget.value })}>
            {view.reports.filter((each) => each.belongs).map((each) => <option key={each.reference} value={each.reference}>{each.reference}</option>)}
          </select>
        </p>
      ) : null}
      <label for="question">{t("ask_label", { language: new Intl.DisplayNames(words.locale, { type: "language" }).of(whose?.language ?? view.language) ?? "" })}</label>
      <div
        onKeyDown={(event) => {
          if (event.key === "Enter" && event.ctrlKey) {
            event.preventDefault();
            send();
          }
        }}
      >
        <Worded
          id="question"
          kind="questions"
          lang={whose?.language ?? view.language}
          most={LONGEST_QUESTION}
          value={draft.question}
          keep={(question) => keep({ question })}
        />
      </div>
      <p><button type="button" class="button" onClick={send}>{t("ask_send")} <kbd>Ctrl</kbd> <kbd>Enter</kbd></button></p>
    </Opened>
  );
}

interface AsShownProps {
  readonly view: CaseView;
  readonly changes: Changes;
  readonly alter: (to: Changes) => void;
  readonly reset: () => void;
  /** Choose another place, or a unit. */
  readonly place: () => void;
}

/** What confirming would say, as three menus: the case as it is shown, with what was chosen instead. */
function AsShown({ view, changes, alter, reset, place: choosePlace }: AsShownProps): JSX.Element {
  const place = usePlace(changes.territory ?? view.territory);
  const now = changes.category ?? view.category ?? "";
  const priority = changes.priority ?? view.priority;
  const unit = changes.unit ? named(words.units, changes.unit) : changes.territory || changes.category ? t("unit_by_rule") : named(words.units, view.competence.unit);
  const value = (sign: string, text: string, changed: boolean): JSX.Element => (
    <><Key sign={sign} /><span class={changed ? "changed" : ""}>{text}</span><Icon name="chevron-down" size="small" /></>
  );
  return (
    <div class="as-shown" role="group" aria-label={t("confirms")}>
      <Menu
        class="shown-value"
        placement="top-start"
        button={value(now ? digitsOf(now) : "1", now ? category(now) : t("category_none"), Boolean(changes.category))}
        items={categories().map((id) => ({ id, label: category(id), key: digitsOf(id), checked: id === now, chosen: () => alter({ category: id }) }))}
      />
      <Menu
        class="shown-value"
        placement="top-start"
        button={value(signOf("priority"), t(`priority_${priority}`), Boolean(changes.priority))}
        items={PRIORITIES.map((id, at) => ({ id, label: t(`priority_${id}`), key: `${at + 1}`, checked: id === priority, chosen: () => alter({ priority: id }), ...(lessThanDanger(view, id) ? { reason: t("danger_first") } : {}) }))}
      />
      <button type="button" class="shown-value" onClick={choosePlace}>
        <Key sign={signOf("place")} />
        <span class={changes.territory ? "changed" : ""}>{place || t("place_none")}</span><Icon name="arrow-right" size="small" flips />
        <span class={changes.unit ? "changed unit-name" : "unit-name"}>{unit}</span><Icon name="chevron-down" size="small" />
      </button>
      {Object.keys(changes).length ? <button type="button" class="shown-value" aria-label={t("reset")} title={t("reset")} onClick={reset}><Icon name="rotate-ccw" size="small" /></button> : null}
    </div>
  );
}

/** The digits that choose a category. */
function digitsOf(id: string): string {
  const at = categories().indexOf(id);
  return at < direct() ? `${(at + 1) % 10}` : `0 ${at - direct() + 1}`;
}
