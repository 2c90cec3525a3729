// Every answer on one page before anything is sent.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { data } from "../page-data";
import { country, number, plural, t, when, written } from "../texts";
import { Typed } from "../user-text";
import { amountOf } from "./amount";
import { type Answers, asksMoney, givesNumber } from "./answers";
import type { StepId } from "./checks";
import { dayOf } from "./day";
import { namesOf, territories } from "./places";
import { picked } from "./questions";

type Row = readonly [step: StepId, label: string, value: ComponentChildren];

const typed = (text: string): ComponentChildren => (text.trim() ? <Typed text={text} /> : t("report.nothing"));

function Named({ name, text }: { name: string; text: string }): JSX.Element {
  return (
    <div class="entry">
      <div class="hint">{name}</div>
      <Typed text={text} />
    </div>
  );
}

function PlaceNames({ codes }: { codes: readonly string[] }): JSX.Element {
  const [names, setNames] = useState("");
  useEffect(() => {
    territories().then(
      (tree) => setNames(namesOf(tree, codes)),
      () => setNames(codes.at(-1) ?? ""),
    );
  }, []);
  return <>{names}</>;
}

function place(answers: Answers): ComponentChildren {
  switch (answers.place) {
    case "list":
      return <PlaceNames codes={answers.codes} />;
    case "text":
      return typed(answers.placeText);
    case "abroad":
      return (
        <>
          <div>{country(answers.country)}</div>
          {answers.lives.length || answers.livesText.trim() ? (
            <div class="entry">
              <div class="hint">{t("report.lives", { country: country(data.home ?? "") })}</div>
              {answers.lives.length ? <PlaceNames codes={answers.lives} /> : null}
              {answers.livesText.trim() ? <div>{typed(answers.livesText)}</div> : null}
            </div>
          ) : null}
        </>
      );
    default:
      return t("report.nothing");
  }
}

function money(answers: Answers): ComponentChildren {
  if (answers.lost !== "yes") return t("lost.no");
  return answers.losses.map((row) => (
    <div key={row.id} class="entry">
      <bdi>
        {written(amountOf(row.amount))} {row.currency}
      </bdi>
      {row.means ? <div>{t(`means.${row.means}`)}</div> : null}
      {row.paidOn ? <div>{when(dayOf(row.paidOn) ?? row.paidOn)}</div> : null}
      {row.account.trim() ? <div>{typed(row.account)}</div> : null}
    </div>
  ));
}

function locations(answers: Answers): ComponentChildren {
  const given = answers.locations.filter((row) => row.value.trim());
  if (!given.length && !answers.platform.trim()) return t("report.nothing");
  return (
    <>
      {given.map((row) => (
        <Named key={row.id} name={t(`kind.${row.kind}`)} text={row.value} />
      ))}
      {answers.platform.trim() ? <Named name={t("report.platform")} text={answers.platform} /> : null}
    </>
  );
}

function safety(answers: Answers): ComponentChildren {
  const said = [
    answers.danger ? t("report.danger") : "",
    answers.despair ? t("report.despair") : "",
    answers.minor ? t("report.minor") : "",
    answers.vulnerable ? t("report.vulnerable") : "",
  ].filter(Boolean);
  if (!said.length) return t("report.nothing");
  return (
    <>
      {said.map((each) => <div key={each}>{each}</div>)}
      {givesNumber(answers) ? <Named name={t("report.call_number")} text={answers.callNumber} /> : null}
      {givesNumber(answers) && answers.callSafe ? <div>{t(`safe.${answers.callSafe}`)}</div> : null}
    </>
  );
}

const NAMES = {
  fullName: "report.full_name",
  email: "report.email",
  phone: "report.phone",
  idNumber: "report.id_number",
  address: "report.address",
} as const;

function disclosure(answers: Answers): ComponentChildren {
  const kind = answers.disclosure ?? "anonymous";
  const asked = {
    anonymous: [],
    confidential: ["email", "phone"],
    identified: ["fullName", "email", "phone", "idNumber", "address"],
  } as const;
  return (
    <>
      <div class="entry">{t(`disclosure.${kind}`)}</div>
      {asked[kind].filter((field) => answers[field].trim()).map((field) => (
        <Named key={field} name={t(NAMES[field])} text={answers[field]} />
      ))}
    </>
  );
}

/** Characters from which a text is folded: a chat that was pasted would push all else off the page. */
const LONG = 600;

function narrative(text: string): ComponentChildren {
  if (text.length <= LONG) return typed(text);
  return (
    <>
      <p>{plural("characters", [...text].length)}</p>
      <details>
        <summary>{t("report.unfold")}</summary>
        <Typed text={text} />
      </details>
    </>
  );
}

function seen(answers: Answers): readonly Row[] {
  return [
    ["locations", t("report.locations"), locations(answers)],
    ["when", t("report.when"), answers.day ? when(dayOf(answers.day) ?? "") : t("report.nothing")],
    ["when", t("report.online"), answers.online ? t(`online.${answers.online}`) : t("report.nothing")],
  ];
}

function rows(answers: Answers): readonly Row[] {
  const category = picked(answers);
  return [
    ["safety", t("report.safety"), safety(answers)],
    ["category", t("report.start"), category?.name ?? t("category.none")],
    ["role", t("report.role"), answers.role ? t(`role.${answers.role}`) : ""],
    ["narrative", t("report.narrative"), narrative(answers.narrative)],
    ...(answers.way === "other" ? seen(answers) : [["narrative", t("report.who"), locations(answers)] as const]),
    ...(answers.pictures.length ? [["narrative", t("report.picture"), number(answers.pictures.length)] as const] : []),
    ...(asksMoney(answers) ? [["money", t("report.money"), money(answers)] as const] : []),
    ["place", t("report.place"), place(answers)],
    ["disclosure", t("report.disclosure"), disclosure(answers)],
  ];
}

export function Review({ answers, change }: { answers: Answers; change: (step: StepId) => void }): JSX.Element {
  return (
    <dl class="facts changeable">
      {rows(answers).map(([step, label, value]) => (
        <>
          <dt key={`${label}-t`}>{label}</dt>
          <dd key={`${label}-d`}>{value}</dd>
          <dd key={`${label}-c`} class="change">
            <button type="button" class="link" aria-label={t("site.named", { name: t("report.change"), what: label })} onClick={() => change(step)}>
              {t("report.change")}
            </button>
          </dd>
        </>
      ))}
    </dl>
  );
}
