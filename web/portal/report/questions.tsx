// The questions, one page each.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Calls, Choice, DayField, LongText, optional, Rows, Select, TextField, Tick, type Wrong } from "../fields";
import { type Category, currencies, data, type Way } from "../page-data";
import { t } from "../texts";
import { type Answers, asksMoney, type DisclosureKind, emptyLoss, givesNumber, inDanger, type LocationRow, type LossRow, UNKNOWN } from "./answers";
import type { StepId } from "./checks";
import { Help } from "./help";
import { PlacePage } from "./places";
import { categories, entered, offered } from "./ways";

export interface QuestionProps {
  readonly answers: Answers;
  readonly wrong: Wrong;
  readonly set: (change: Partial<Answers>) => void;
  readonly heading: JSX.Element;
}

type Question = (props: QuestionProps) => JSX.Element;

/** The category that the reporter picked; none of them where the reporter does not know. */
export function picked(answers: Answers): Category | undefined {
  return categories.find((each) => each.id === answers.category);
}

const MODES = { url: "url", handle: undefined, phone: "tel", email: "email", other: undefined } as const;

const KINDS = ["url", "handle", "phone", "email", "other"] as const;
const MEANS = [
  "bank_transfer", "card", "cash", "cash_transfer", "mobile_wallet", "crypto", "voucher", "other",
] as const;

function WayPage({ answers, wrong, set, heading }: QuestionProps): JSX.Element {
  return (
    <Choice<Way>
      id="way"
      legend={heading}
      wrong={wrong}
      options={offered().map((value) => ({ value, label: t(`way.${value}`) }))}
      value={answers.way}
      onChange={(way) => set(entered(way))}
    />
  );
}

function CategoryPage({ answers, wrong, set, heading }: QuestionProps): JSX.Element {
  const known = categories.map((each) => ({ value: each.id, label: each.name, hint: each.help }));
  const unknown = { value: UNKNOWN, label: t("report.unknown"), hint: t("report.unknown_hint") };
  return (
    <Choice
      id="category"
      legend={heading}
      hint={t("report.start_hint")}
      wrong={wrong}
      options={[...known, unknown]}
      value={answers.category}
      onChange={(category) => set({ category })}
    />
  );
}

function Advice({ answers }: { answers: Answers }): JSX.Element | null {
  const advice = picked(answers)?.advice;
  return advice ? (
    <div class="inset">
      <h2>{t("report.advice")}</h2>
      <ul>
        {advice.map((each) => <li key={each}>{each}</li>)}
      </ul>
    </div>
  ) : null;
}

/** Calm words first, where they may keep somebody from being hurt or paying. */
function BeforePage({ answers, heading }: QuestionProps): JSX.Element {
  return (
    <>
      {heading}
      <Advice answers={answers} />
      <Help answers={answers} />
      <Calls calls={data.calls} />
    </>
  );
}

function RolePage({ answers, wrong, set, heading }: QuestionProps): JSX.Element {
  return (
    <Choice
      id="role"
      legend={heading}
      wrong={wrong}
      options={(["victim", "witness", "relative"] as const).map((value) => ({ value, label: t(`role.${value}`) }))}
      value={answers.role}
      onChange={(role) => set({ role })}
    />
  );
}

function NarrativePage({ answers, wrong, set, heading }: QuestionProps): JSX.Element {
  return (
    <>
      <LongText
        id="narrative"
        label={heading}
        hint={t("report.narrative_hint")}
        wrong={wrong}
        value={answers.narrative}
        limit={20_000}
        onChange={(narrative) => set({ narrative })}
      />
      {answers.way === "other" ? null : (
        <>
          <h2>{t("report.who")}</h2>
          <Locations answers={answers} wrong={wrong} set={set} />
        </>
      )}
      {answers.way === "blackmailed" ? <Pictures answers={answers} set={set} /> : null}
    </>
  );
}

/** What computes the hash of a picture is loaded when somebody asks for it. */
function Pictures({ answers, set }: Pick<QuestionProps, "answers" | "set">): JSX.Element {
  const [part, load] = useState<typeof import("./print")>();
  if (part) return <part.Print pictures={answers.pictures} set={(pictures) => set({ pictures })} />;
  const ask = (): void => void import("./print").then(load, () => undefined);
  return <p><button type="button" class="button quiet" onClick={ask}>{t("report.picture")}</button></p>;
}

function LocationsPage({ heading, ...rest }: QuestionProps): JSX.Element {
  return (
    <>
      {heading}
      <Locations {...rest} />
    </>
  );
}

function Locations({ answers, wrong, set }: Omit<QuestionProps, "heading">): JSX.Element {
  return (
    <>
      <p class="hint">{t("report.locations_hint")}</p>
      <Rows
        rows={answers.locations}
        most={50}
        name={(number) => t("report.location", { number })}
        more={t("report.add_location")}
        first="kind"
        empty={(id): LocationRow => ({ id, kind: "url", value: "" })}
        onChange={(locations) => set({ locations })}
        view={(row, change) => (
          <>
            <Select
              id={`kind-${row.id}`}
              label={t("report.kind")}
              wrong={wrong}
              value={row.kind}
              options={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
              onChange={(kind) => change({ kind: kind as LocationRow["kind"] })}
            />
            <TextField
              id={`value-${row.id}`}
              label={t("report.value")}
              wrong={wrong}
              code={row.kind !== "other"}
              inputMode={MODES[row.kind]}
              value={row.value}
              onChange={(value) => change({ value })}
            />
          </>
        )}
      />
      <TextField
        id="platform"
        label={optional("report.platform")}
        hint={t("report.platform_hint")}
        wrong={wrong}
        value={answers.platform}
        onChange={(platform) => set({ platform })}
      />
    </>
  );
}

function WhenPage({ answers, wrong, set, heading }: QuestionProps): JSX.Element {
  return (
    <>
      {heading}
      <DayField
        id="day"
        label={t("report.day")}
        hint={t("report.when_hint")}
        wrong={wrong}
        value={answers.day}
        onChange={(day) => set({ day })}
      />
      <Choice
        id="online"
        legend={t("report.online")}
        wrong={wrong}
        options={(["yes", "no", "unknown"] as const).map((value) => ({ value, label: t(`online.${value}`) }))}
        value={answers.online}
        onChange={(online) => set({ online })}
      />
    </>
  );
}

function MoneyPage({ answers, wrong, set, heading }: QuestionProps): JSX.Element {
  const rows = (
    <Rows
      rows={answers.losses}
      most={10}
      name={(number) => t("report.loss", { number })}
      more={t("report.add_loss")}
      first="amount"
      empty={emptyLoss}
      onChange={(losses) => set({ losses })}
      view={(row, change) => <Loss row={row} wrong={wrong} change={change} />}
    />
  );
  return (
    <Choice
      id="lost"
      legend={heading}
      hint={t("report.money_hint")}
      wrong={wrong}
      options={(["yes", "no"] as const).map((value) => ({ value, label: t(`lost.${value}`) }))}
      value={answers.lost}
      onChange={(lost) => set({ lost })}
      within={{ yes: rows }}
    />
  );
}

interface LossProps {
  readonly row: LossRow;
  readonly wrong: Wrong;
  readonly change: (part: Partial<LossRow>) => void;
}

function Loss({ row, wrong, change }: LossProps): JSX.Element {
  return (
    <>
      <div class="two">
        <TextField
          id={`amount-${row.id}`}
          label={t("report.amount")}
          hint={t("report.amount_hint")}
          wrong={wrong}
          code
          inputMode="decimal"
          value={row.amount}
          onChange={(amount) => change({ amount })}
        />
        <Select
          id={`currency-${row.id}`}
          label={t("report.currency")}
          wrong={wrong}
          value={row.currency}
          options={offeredCurrencies()}
          onChange={(currency) => change({ currency })}
        />
      </div>
      <Select
        id={`means-${row.id}`}
        label={optional("report.means")}
        wrong={wrong}
        value={row.means}
        none=""
        options={MEANS.map((value) => ({ value, label: t(`means.${value}`) }))}
        onChange={(means) => change({ means: means as LossRow["means"] })}
      />
      <DayField
        id={`paidOn-${row.id}`}
        label={optional("report.paid_on")}
        wrong={wrong}
        value={row.paidOn}
        onChange={(paidOn) => change({ paidOn })}
      />
      <TextField
        id={`account-${row.id}`}
        label={optional("report.account")}
        hint={t("report.account_hint")}
        wrong={wrong}
        code
        value={row.account}
        onChange={(account) => change({ account })}
      />
    </>
  );
}

const FIRST = ["MAD", "EUR", "USD"];

function offeredCurrencies(): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(data.language, { type: "currency" });
  return [...FIRST.filter((code) => currencies.includes(code)), ...currencies.filter((code) => !FIRST.includes(code))].map(
    (value) => {
      const name = names.of(value) ?? value;
      return { value, label: name === value ? value : `${name} (${value})` };
    },
  );
}

function SafetyPage({ answers, wrong, set, heading }: QuestionProps): JSX.Element {
  return (
    <>
      <fieldset>
        <legend>{heading}</legend>
        <p class="hint">{t("report.safety_hint")}</p>
        <Tick id="danger" label={t("report.danger")} value={answers.danger} onChange={(danger) => set({ danger })} />
        <Tick id="despair" label={t("report.despair")} value={answers.despair} onChange={(despair) => set({ despair })} />
        <Tick id="minor" label={t("report.minor")} value={answers.minor} onChange={(minor) => set({ minor })} />
        <Tick
          id="vulnerable"
          label={t("report.vulnerable")}
          value={answers.vulnerable}
          onChange={(vulnerable) => set({ vulnerable })}
        />
        {answers.way === "other" ? null : (
          <Tick
            id="relative"
            label={t("role.relative")}
            value={answers.role === "relative"}
            onChange={(relative) => set({ role: relative ? "relative" : "victim" })}
          />
        )}
      </fieldset>
      <div role="status">
        {inDanger(answers) ? (
          <div class="inset warn">
            <p>{t("report.danger_call")}</p>
            <Calls calls={data.calls} />
          </div>
        ) : null}
        {inDanger(answers) ? <Help answers={answers} /> : null}
      </div>
      {inDanger(answers) ? <CallNow answers={answers} wrong={wrong} set={set} /> : null}
      {answers.way === "other" ? null : <Advice answers={answers} />}
    </>
  );
}

/** Whether the reporter may be called at once: only who gives a number is asked what is safe there. */
function CallNow({ answers, wrong, set }: Omit<QuestionProps, "heading">): JSX.Element {
  return (
    <>
      <TextField
        id="callNumber"
        type="tel"
        code
        label={optional("report.call_number")}
        hint={t("report.call_hint")}
        wrong={wrong}
        value={answers.callNumber}
        onChange={(callNumber) => set({ callNumber })}
      />
      {givesNumber(answers) ? (
        <Choice<"ring" | "write">
          id="callSafe"
          legend={t("report.call_safe")}
          wrong={wrong}
          options={(["ring", "write"] as const).map((value) => ({ value, label: t(`safe.${value}`) }))}
          value={answers.callSafe}
          onChange={(callSafe) => set({ callSafe })}
        />
      ) : null}
    </>
  );
}

function DisclosurePage({ answers, wrong, set, heading }: QuestionProps): JSX.Element {
  const contact = <Contact answers={answers} wrong={wrong} set={set} />;
  return (
    <Choice<DisclosureKind>
      id="disclosure"
      legend={heading}
      hint={t("report.disclosure_hint")}
      wrong={wrong}
      value={answers.disclosure}
      onChange={(disclosure) => set({ disclosure })}
      options={[
        { value: "anonymous", label: t("disclosure.anonymous"), hint: t("disclosure.anonymous_text") },
        { value: "confidential", label: t("disclosure.confidential"), hint: t("disclosure.confidential_text") },
        { value: "identified", label: t("disclosure.identified"), hint: t("disclosure.identified_text") },
      ]}
      within={{
        confidential: contact,
        identified: (
          <>
            <TextField
              id="fullName"
              label={t("report.full_name")}
              wrong={wrong}
              value={answers.fullName}
              onChange={(fullName) => set({ fullName })}
            />
            {contact}
            <TextField
              id="idNumber"
              label={optional("report.id_number")}
              wrong={wrong}
              code
              value={answers.idNumber}
              onChange={(idNumber) => set({ idNumber })}
            />
            <TextField
              id="address"
              label={optional("report.address")}
              wrong={wrong}
              value={answers.address}
              onChange={(address) => set({ address })}
            />
          </>
        ),
      }}
    />
  );
}

function Contact({ answers, wrong, set }: Omit<QuestionProps, "heading">): JSX.Element {
  return (
    <>
      <p class="hint">{t("report.contact_hint")}</p>
      <TextField
        id="email"
        type="text"
        inputMode="email"
        code
        label={t("report.email")}
        wrong={wrong}
        value={answers.email}
        onChange={(email) => set({ email })}
      />
      <TextField
        id="phone"
        type="tel"
        code
        label={t("report.phone")}
        wrong={wrong}
        value={answers.phone}
        onChange={(phone) => set({ phone })}
      />
    </>
  );
}

export interface Step {
  readonly id: StepId;
  readonly title: () => string;
  readonly view: Question;
  /** Whether this page is shown at all, by what was answered before. */
  readonly shown?: (answers: Answers) => boolean;
}

const other = ({ way }: Answers): boolean => way === "other";

/** Danger first, then what the way in leaves open. */
export const QUESTIONS: readonly Step[] = [
  { id: "way", title: () => t("report.way"), view: WayPage, shown: (answers) => !answers.came },
  { id: "safety", title: () => t("report.safety"), view: SafetyPage },
  { id: "category", title: () => t("report.start"), view: CategoryPage, shown: other },
  {
    id: "before",
    title: () => t("report.before"),
    view: BeforePage,
    shown: (answers) => other(answers) && (picked(answers)?.calm ?? false),
  },
  { id: "role", title: () => t("report.role"), view: RolePage, shown: other },
  { id: "narrative", title: () => t("report.narrative"), view: NarrativePage },
  { id: "locations", title: () => t("report.locations"), view: LocationsPage, shown: other },
  { id: "when", title: () => t("report.when"), view: WhenPage, shown: other },
  { id: "money", title: () => t("report.money"), view: MoneyPage, shown: asksMoney },
  { id: "place", title: () => t("report.place"), view: (props) => <PlacePage {...props} legend={props.heading} /> },
  { id: "disclosure", title: () => t("report.disclosure"), view: DisclosurePage },
];

