// The decision at the foot of a case: what the next key does is always in sight.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { CaseView, Person, Priority, Review } from "./api";
import { type BarProps, Choices, Opened } from "./choices";
import { type Act, signOf, useKeys, useKeysOfAForm } from "./keys";
import { unnamed } from "./fields";
import { later } from "./lazy-parts";
import { usePlace } from "./place-names";
import { category, named, t, words } from "./words";
import { templates, Worded } from "./message-field";

const PlaceOrUnit = later("place-or-unit", () => import("./place-or-unit").then((part) => part.PlaceOrUnit));

type Confirm = Extract<Review, { outcome: "confirm" }>;
type Changes = Omit<Confirm, "outcome" | "seen" | "shown">;
type Mode = "" | "category" | "reject" | "turn" | "priority" | "place" | "ask";

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

export function Bar({ view, unread, person, decide, skip, next, help, acts: others, act: begin, open, begun }: BarProps<Review>): JSX.Element {
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
  const confirm = (): void => {
    if (chosen) send({ outcome: "confirm", ...draft.changes });
  };
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
  // A question would let danger wait: what is written there is a message.
  const writes = may("confirm") && !may("ask") && others.includes("message");
  const acts: Partial<Record<Act, () => void>> = {
    ...(may("confirm") && !unread ? { confirm } : {}),
    ...(may("confirm") ? { priority: () => setMode("priority"), place: () => setMode("place") } : {}),
    ...(may("reject") && !unread ? { reject: () => setMode("reject") } : {}),
    ...(may("ask") ? { ask: beginAsking } : writes ? { ask: () => (setMode(""), begin({ act: "message" })) } : {}),
    ...(others.includes("compare") ? { together: () => begin({ act: "compare" }) } : {}),
    ...(others.includes("note") ? { note: () => (setMode(""), begin({ act: "note" })) } : {}),
    ...(others.length ? { acts: () => (setMode(""), begin({ act: "list" })) } : {}),
    skip,
  };
  const digits: Partial<Record<Mode, (place: number) => void>> = {
    reject,
    turn,
    priority: (place) => {
      const to = PRIORITIES[place];
      if (to) alter({ priority: to });
    },
    ...(may("confirm") ? { "": recategorise, category: recategoriseBehind } : {}),
  };
  useEffect(() => {
    if (may("confirm")) PlaceOrUnit.ahead();
  }, []);
  useKeys((act, digit) => {
    if (open) return false;
    if (act === "leave" && mode) setMode("");
    else if (mode === "place" || (act === "confirm" && mode)) return true; // what is open asks for something else
    else if (digit !== undefined && digits[mode]) digits[mode]((digit + 9) % 10);
    else if (act && acts[act]) acts[act]();
    else return false;
    return true;
  });
  const button = (act: Act, text: string, press = acts[act]): JSX.Element | null =>
    press ? (
      <button type="button" class={act === "confirm" ? "button" : "button quiet"} onClick={press}>
        {text} <kbd>{signOf(act)}</kbd>
      </button>
    ) : null;
  return (
    <section class="deciding" aria-label={t("decision")}>
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
        <Choices title={t("priority")} names={PRIORITIES.map((each) => t(`priority_${each}`))} choose={(place) => digits.priority?.(place)} leave={() => setMode("")} />
      ) : null}
      {mode === "place" ? <PlaceOrUnit choose={alter} leave={() => setMode("")} /> : null}
      {mode === "ask" ? <Ask view={view} draft={draft} keep={keep} send={ask} leave={() => setMode("")} /> : null}
      {may("confirm") ? <AsShown view={view} changes={draft.changes} recategorise={(id) => alter({ category: id })} reset={() => keep({ changes: {} })} /> : null}
      {unread ? <p class="hint"><b>{t("uncover_first")}</b> <kbd>{signOf("uncover")}</kbd></p> : null}
      <div class="acts">
        {button("confirm", t("confirm"))}
        {button("reject", t("reject"))}
        {button("ask", t(writes ? "act_message" : "ask"))}
        {button("priority", t("priority"))}
        {button("place", t("place_or_unit"))}
        {button("together", t("act_compare"))}
        {button("note", t("act_note"))}
        {button("acts", t("acts"))}
        {may("confirm") ? button("skip", t("skip")) : button("next", t("take_next"), next)}
        {button("help", t("keys"), help)}
        {may("confirm") ? null : <p class="hint">{t("nothing_to_decide")}</p>}
      </div>
    </section>
  );
}

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
  readonly recategorise: (id: string) => void;
  readonly reset: () => void;
}

/** What confirming would say: the case as it is shown, with what was chosen instead. */
function AsShown({ view, changes, recategorise, reset }: AsShownProps): JSX.Element {
  const place = usePlace(changes.territory ?? view.territory);
  const now = changes.category ?? view.category ?? "";
  return (
    <p class="as-shown">
      <label for="category" class="hidden-text">{t("category")}</label>
      <select id="category" class={changes.category ? "changed" : ""} value={now} onChange={(event) => recategorise(event.currentTarget.value)}>
        {now ? null : <option value="">{t("category_none")}</option>}
        {categories().map((id, at) => <option key={id} value={id}>{at < direct() ? (at + 1) % 10 : `0 ${at - direct() + 1}`} · {category(id)}</option>)}
      </select>
      <span class={changes.priority ? "changed" : ""}>{t(`priority_${changes.priority ?? view.priority}`)}</span>
      <span class={changes.territory ? "changed" : ""}>{place || t("place_none")}</span>
      <span class={changes.unit ? "changed" : ""}>
        {changes.unit ? named(words.units, changes.unit) : changes.territory || changes.category ? t("unit_by_rule") : named(words.units, view.competence.unit)}
      </span>
      {Object.keys(changes).length ? <button type="button" class="link" onClick={reset}>{t("reset")}</button> : null}
      {now ? null : <b>{t("category_first")}</b>}
    </p>
  );
}
