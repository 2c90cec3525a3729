// What a unit answers to a referral: it takes the case, or says why not and which unit is competent.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Asked } from "./acts";
import { type Answer, type CaseView, decides, type Person } from "./api";
import { type BarProps, Choices, Opened } from "./choices";
import { type Act, signOf, useKeys } from "./keys";
import { Pick } from "./combobox";
import { displayedToAdmit } from "./sight";
import { named, t, words } from "./words";
import { ActionBar } from "./ui/action-bar";
import { Icon } from "./ui/icon";
import { Key } from "./ui/key";

type Reason = Extract<Answer, { outcome: "decline" }>["reason"];
type Mode = "" | "reason" | "proposed" | "unit";

const REASONS: readonly Reason[] = ["other_territory", "other_offence", "already_held"];
/** As many units are proposed by digits; the digit behind them opens the list of all. */
const MOST_PROPOSED = 5;

export function AnswerBar({ view, person, decide, skip, next, help, palette, acts: others, act: begin, open, begun }: BarProps<Answer>): JSX.Element {
  const [mode, setMode] = useState<Mode>("");
  const [reason, setReason] = useState<Reason>("other_territory");
  useEffect(() => void (mode && begun()), [mode]);
  const proposed = unitsBeside(view, person);
  const leave = (): void => setMode("");
  const beginning = (act: Asked["act"]) => (): void => {
    leave();
    begin({ act });
  };
  const admitDisplayed = (): void => {
    const report = displayedToAdmit(view);
    leave();
    if (report) begin({ act: "admit", of: report });
  };
  const because = (place: number): void => {
    const chosen = REASONS[place];
    if (!chosen) return;
    setReason(chosen);
    setMode(proposed.length ? "proposed" : "unit");
  };
  const decline = (unit: string): void => {
    leave();
    decide({ outcome: "decline", reason, competent_unit: unit });
  };
  const propose = (place: number): void => {
    const unit = proposed[place];
    if (unit) decline(unit);
    else if (place === proposed.length) setMode("unit");
  };
  const acts: Partial<Record<Act, () => void>> = {
    ...(decides(view)
      ? {
          confirm: () => decide({ outcome: "accept", seen: view.last_entry }),
          reject: () => setMode("reason"),
          skip,
        }
      : {}),
    ...(others.includes("instruct") ? { instruct: beginning("instruct") } : {}),
    ...(others.includes("note") ? { note: beginning("note") } : {}),
    ...(others.includes("inform") ? { glance: beginning("inform") } : {}),
    ...(others.includes("freeze") ? { samples: beginning("freeze") } : {}),
    ...(others.includes("admit") ? { calm: admitDisplayed } : {}),
  };
  const digits: Partial<Record<Mode, (place: number) => void>> = { reason: because, proposed: propose };
  useKeys((act, digit) => {
    if (open) return false;
    if (act === "leave" && mode) leave();
    else if (act === "confirm" && mode) return true; // what is open asks for something else
    else if (digit !== undefined && digits[mode]) digits[mode]((digit + 9) % 10);
    else if (act && acts[act]) acts[act]();
    else return false;
    return true;
  });
  const button = (act: Act, text: string, press = acts[act]): JSX.Element | null =>
    press ? <button type="button" class="button quiet" onClick={press}>{text} <Key sign={signOf(act)} /></button> : null;
  const units = Object.entries(words.units).filter(([id]) => id !== person.unit);
  return (
    <div class="deciding">
      {open}
      {mode === "reason" ? <Choices title={t("decline_why")} names={REASONS.map((each) => t(`decline_${each}`))} choose={because} leave={leave} /> : null}
      {mode === "proposed" ? (
        <Choices title={t("competent_unit")} names={[...proposed.map((each) => named(words.units, each)), t("another_unit")]} choose={propose} leave={leave} />
      ) : null}
      {mode === "unit" ? (
        <Opened title={`${t("competent_unit")} (${t(`decline_${reason}`)})`} leave={leave}>
          <Pick
            id="unit"
            label={t("competent_unit")}
            hint={t("pick_hint")}
            options={units.map(([id, name]) => ({ id, name, kind: t("unit") }))}
            choose={({ id }) => decline(id)}
          />
        </Opened>
      ) : null}
      <ActionBar
        label={t("decision")}
        decide={
          acts.confirm ? <button type="button" class="button" onClick={acts.confirm}><Icon name="check" />{t("take_case")} <Key sign={signOf("confirm")} /></button>
          : acts.instruct ? <button type="button" class="button" onClick={acts.instruct}><Icon name="scale" />{t("act_instruct")} <Key sign={signOf("instruct")} /></button>
          : null
        }
        doubts={decides(view) || others.length ? null : <span class="hint">{t("nothing_to_decide")}</span>}
        acts={
          <>
            {button("reject", t("decline"))}
            {acts.confirm ? button("instruct", t("act_instruct")) : null}
            {person.role === "officer" ? button("glance", t("act_inform")) : null}
            {person.role === "officer" ? button("samples", t("act_freeze")) : null}
            {button("note", t("to_note"))}
            {decides(view) ? button("skip", t("skip")) : person.role === "prosecutor" ? null : button("next", t("take_next"), next)}
            <button type="button" class="button quiet" onClick={palette}>{t("acts")} <Key sign={["Ctrl", "K"]} /></button>
            {button("help", t("keys"), help)}
          </>
        }
      />
    </div>
  );
}

/** The units that the rule would name instead, the most likely first. */
function unitsBeside(view: CaseView, person: Person): readonly string[] {
  const { unit, alternatives } = view.competence;
  const every = [unit, ...(alternatives ?? []).map((each) => each.unit)];
  return [...new Set(every)].filter((each) => each !== person.unit).slice(0, MOST_PROPOSED);
}
