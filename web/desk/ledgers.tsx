// What was entered of a case: the prosecutor's decisions, suspects, and money held back.
import type { ComponentChildren, JSX } from "preact";
import type { CaseView } from "./api";
import { Said, Told } from "./untrusted-text";
import { when } from "./times";
import { named, number, said, t, words } from "./words";

type Entered = Pick<CaseView, "informed" | "court_holds" | "instructions" | "outcomes" | "freezes">;
type Fields = Readonly<Record<string, unknown>>;

export function Ledgers({ view, covered }: { view: Entered; covered: boolean }): JSX.Element {
  return (
    <>
      <Informed view={view} />
      <CourtHolds view={view} />
      <Instructions view={view} />
      <Suspects view={view} />
      <Freezes view={view} covered={covered} />
    </>
  );
}

function List({ title, children }: { title: string; children: readonly JSX.Element[] }): JSX.Element | null {
  if (!children.length) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="entries">{children}</ul>
    </>
  );
}

/** An entry that holds no more stays, crossed out, and says so in a word. */
function Held({ holds, why, children }: { holds: boolean; why: string; children: ComponentChildren }): JSX.Element {
  return holds ? <>{children}</> : <><s>{children}</s> <b>{why}</b></>;
}

/** That the office knows of the case, and whether it says so itself. */
function Informed({ view }: { view: Entered }): JSX.Element | null {
  const { informed } = view;
  if (!informed) return null;
  return (
    <p>
      {t("informed")} <time dateTime={informed.at}>{when(informed.at)}</time> · {named(words.prosecutors, informed.prosecutor)} · {named(words.courts, informed.court)}
      {" · "}<b>{informed.received_at ? `${t("receipt_confirmed")} ${when(informed.received_at)}` : t("receipt_open")}</b>
    </p>
  );
}

/** The orders that are in force, and what none of them allows. */
function CourtHolds({ view: { court_holds: holds = [] } }: { view: Entered }): JSX.Element | null {
  if (!holds.length) return null;
  return (
    <>
      {holds.map((hold) => (
        <p key={hold.entry}>
          <b>{t("court_holds")}</b> <time dateTime={hold.until}>{when(hold.until)}</time> · {named(words.courts, hold.court)} · <Said text={hold.reference} />
        </p>
      ))}
      <p class="hint">{t("court_bars")}</p>
    </>
  );
}

function Instructions({ view }: { view: Entered }): JSX.Element {
  return (
    <List title={t("instructions")}>
      {(view.instructions ?? []).map((each) => (
        <li key={each.entry}>
          <Held holds={!each.annulled} why={t("annulled")}>
            <time dateTime={each.decided_on}>{when(each.decided_on)}</time> {said("instruction", each.instruction)}
            <small class="particulars">
              {named(words.prosecutors, each.prosecutor)} · {named(words.courts, each.court)} · <Said text={each.reference} />
              {each.unit ? <> · {named(words.units, each.unit)}</> : null}
              {each.ground ? <> · {said("endground", each.ground)}</> : null}
              {each.into ? <> · <Said text={each.into} /></> : null}
              {" · "}<b>{said("given", each.given ?? "entered_by_officer")}</b>
              {each.document?.name ? <> · <Said text={each.document.name} /></> : null}
            </small>
            {each.wording ? <Told text={each.wording} /> : null}
            {each.conditions ? <><small>{t("field_conditions")}</small><Told text={each.conditions} /></> : null}
          </Held>
        </li>
      ))}
    </List>
  );
}

function Suspects({ view }: { view: Entered }): JSX.Element {
  return (
    <List title={t("suspects")}>
      {(view.outcomes ?? []).map((suspect) => (
        <li key={suspect.number}>
          {number(suspect.number)} · <b>{said("suspect", suspect.standing)}</b>
          {suspect.entries.map((each) => (
            <small class="particulars" key={each.entry}>
              <Held holds={each.holds} why={t("corrected_entry")}>
                {when(each.on ?? each.at)} {each.happening ? said("suspect", each.happening) : t("correction")}
              </Held>
            </small>
          ))}
        </li>
      ))}
    </List>
  );
}

function Freezes({ view, covered }: { view: Entered; covered: boolean }): JSX.Element {
  return (
    <List title={t("freezes")}>
      {(view.freezes ?? []).map((freeze) => (
        <li key={freeze.number}>
          {number(freeze.number)} · <b>{said("bond", freeze.bond)}</b>
          {freeze.entries.map((each) => (
            <small class="particulars" key={each.entry}>
              {when(each.at)} {said("freezing", each.step)} {covered ? null : <Particulars of={each.particulars ?? {}} />}
            </small>
          ))}
        </li>
      ))}
    </List>
  );
}

/** The sum, and who was asked to hold it. */
function Particulars({ of }: { of: Fields }): JSX.Element {
  const told = ["amount", "currency", "institution"].map((each) => of[each]).filter((each) => typeof each === "string");
  return <Said text={told.join(" ")} />;
}
