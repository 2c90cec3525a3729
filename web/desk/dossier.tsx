// The dossier of a case as a document for print. Taking it is an entry of the history: that is said
// before it is asked for.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { components } from "#types/openapi";
import { call, type CaseView, kindOf, type Person } from "./api";
import { covered } from "./covered";
import { doneIn } from "./case-activity";
import { nameOf } from "./entries";
import { Code, Said, Told } from "./untrusted-text";
import { signOf, useKeys } from "./keys";
import { later } from "./lazy-parts";
import { Ledgers } from "./ledgers";
import { further } from "./paging";
import { usePlace } from "./place-names";
import { refusal } from "./refusals";
import { Reports } from "./reports";
import { exactly, sheet, when } from "./times";
import { category, named, number, said, t, words } from "./words";

const Package = later("package", () => import("./package").then((part) => part.Package));

/** Who takes a dossier out of the house: the unit that has the case, and its prosecutor. */
const PACKED_FOR: ReadonlySet<string> = new Set(["officer", "prosecutor"]);

type Whole = components["schemas"]["Dossier"];

interface DossierProps {
  readonly view: CaseView;
  readonly person: Person;
  readonly leave: () => void;
}

/** All pages of the dossier: taking them is one entry of the history. */
async function take(id: string, arrives: (page: number) => void): Promise<Whole> {
  let whole: Whole | undefined;
  for (let page = 1; ; page += 1) {
    arrives(page);
    const cursor = whole?.cursor ? `?cursor=${encodeURIComponent(whole.cursor)}` : "";
    const { body } = await call<Whole>({ method: "GET", path: `/v1/desk/cases/${encodeURIComponent(id)}/dossier${cursor}` });
    const numbers = new Set([...(whole?.identity_numbers ?? []), ...(body.identity_numbers ?? [])]);
    const longestFirst = [...numbers].sort((one, other) => other.length - one.length);
    whole = { ...(whole ? { ...body, ...(further(whole, body) as Pick<Whole, "reports">) } : body), identity_numbers: longestFirst };
    if (!body.cursor) return whole;
  }
}

export function Dossier({ view, person, leave }: DossierProps): JSX.Element {
  const [dossier, setDossier] = useState<Whole>();
  const [page, setPage] = useState(0);
  const [wrong, setWrong] = useState("");
  const begin = useRef<HTMLButtonElement>(null);
  useEffect(() => begin.current?.focus(), [dossier]);
  useKeys((act) => {
    if (act !== "leave") return false;
    leave();
    return true;
  });
  const ask = (): void => {
    setWrong("");
    take(view.id, setPage).then(setDossier, (error: unknown) => {
      setPage(0);
      setWrong(kindOf(error));
    });
  };
  return (
    <>
      <div class="dossier" tabIndex={0} role="region" aria-label={t("act_dossier")}>
        {dossier ? (
          <Document dossier={covered(dossier, dossier.identity_numbers ?? [])} view={view} person={person} />
        ) : (
          <>
            <h2>{t("act_dossier")}</h2>
            <p>{t("dossier_said")}</p>
            {wrong ? <p role="alert">{refusal(wrong)}</p> : null}
            {page ? <p role="status">{t("dossier_loading", { n: number(page) })}</p> : null}
            {PACKED_FOR.has(person.role) ? <Package view={view} /> : null}
          </>
        )}
      </div>
      <section class="deciding" aria-label={t("decision")}>
        <div class="acts">
          {dossier ? (
            <button type="button" class="button" ref={begin} onClick={() => print()}>{t("print")}</button>
          ) : (
            <button type="button" class="button" ref={begin} disabled={page > 0} onClick={ask}>{t("dossier_take")}</button>
          )}
          <button type="button" class="button quiet" onClick={leave}>{t("back_to_case")} <kbd>{signOf("leave")}</kbd></button>
        </div>
      </section>
    </>
  );
}

function Document({ dossier, view, person }: { dossier: Whole; view: CaseView; person: Person }): JSX.Element {
  const place = usePlace(dossier.territory);
  const { competence } = dossier;
  sheet.printed = true;
  useEffect(() => () => void (sheet.printed = false), []);
  return (
    <article>
      <h2><Code text={dossier.id} /> · {category(dossier.category)}</h2>
      <p class="sheet-foot">
        <Code text={dossier.id} /> · {t("printed_by", { time: exactly(dossier.made_at) })} <Said text={person.name} />
      </p>
      <dl class="rows">
        <Row name={t("priority")}>{t(`priority_${dossier.priority}`)} · {t(`status_${dossier.status}`)}</Row>
        <Row name={t("place")}>{place || t("place_none")}</Row>
        <Row name={t("unit")}>{named(words.units, competence.unit)}</Row>
        {competence.prosecutor ? (
          <Row name={t("office")}>{named(words.prosecutors, competence.prosecutor)}{competence.court ? ` · ${named(words.courts, competence.court)}` : ""}</Row>
        ) : null}
        <Row name={t("ground")}>{named(words.grounds, competence.ground)}</Row>
      </dl>
      <h2>{t("told")}</h2>
      {dossier.identity_numbers?.length ? <p class="hint">{t("covered_numbers", { n: number(dossier.identity_numbers.length) })}</p> : null}
      <Reports view={dossier} acts={[]} act={() => undefined} />
      {dossier.identifiers.length ? (
        <>
          <h3>{t("identifiers")}</h3>
          <ul class="codes">
            {dossier.identifiers.map((each) => <li key={each.kind + each.value}>{said("kind", each.kind)} <Code text={each.value} /></li>)}
          </ul>
        </>
      ) : null}
      <h2>{t("was_done")}</h2>
      {(dossier.messages ?? []).map((each) => (
        <div class="post" key={each.number}>
          <p class="hint"><b>{t("message")}</b> · <Said text={nameOf(view, each.by)} /> · {when(each.at)}</p>
          <Told text={each.text} />
        </div>
      ))}
      <Ledgers view={dossier} covered={false} />
      <h3>{t("history")}</h3>
      <ol class="entries">{dossier.history.map((each) => <li key={each.number}>{doneIn(view, each)}</li>)}</ol>
      <p class="hint"><Code text={dossier.head} /></p>
    </article>
  );
}

function Row({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}
