// Whom to call about a case, each with the number or where it is entered, and who was called with what result.
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { type Call, call, type CaseLine, type EmergencyNumber, newKey, type Phone, type Result, type ToCall, type Tried, type Try } from "./api";
import { Choices } from "./choices";
import { Icon, type IconName } from "./ui/icon";
import { Key } from "./ui/key";
import { Code, Said } from "./untrusted-text";
import { signOf, useKeys } from "./keys";
import { usePlace } from "./place-names";
import { secondsUntil, when } from "./times";
import { code as language, named, type Names, number, t, words } from "./words";

/** Somebody who can be called: what a try says of them. */
export interface Called {
  readonly whom: Tried["whom"];
  readonly of?: string | null;
}

const RESULTS: readonly Result[] = ["reached", "no_answer", "refused", "elsewhere", "wrong_number"];
const MINUTES = [5, 15, 30, 60] as const;
/** Whoever has no number here: colleagues and institutions know theirs. */
const OTHERS: readonly Called[] = [{ whom: "supervisor" }, { whom: "institution" }];

/** Everybody who can be called about a case, in the order of their digits. */
export const calledOf = (to: readonly ToCall[], services: readonly EmergencyNumber[]): readonly Called[] => [
  ...to.map(({ whom, id }) => ({ whom, ...(id ? { of: id } : {}) })),
  ...(to.length ? services.map(({ id }) => ({ whom: "control_room", of: id }) as const) : []),
  ...OTHERS,
];

export const tryOf = (id: string, body: Tried, key: string): Call => ({
  method: "POST", path: `/v1/desk/cases/${encodeURIComponent(id)}/tries`, key, body,
});
export const sayTried = async (id: string, body: Tried): Promise<CaseLine> => (await call<CaseLine>(tryOf(id, body, newKey()))).body;

interface StripProps {
  readonly to: readonly ToCall[];
  readonly services: readonly EmergencyNumber[];
  /** Say what came of calling somebody, or of calling anybody. */
  readonly called: (whom?: Called) => void;
  /** The first that can be called, alone: for lines that nobody stated a danger in. */
  readonly first?: boolean;
}

const ICONS: Readonly<Record<ToCall["whom"], IconName>> = {
  unit: "phone", control_room: "siren", office: "scale", reporter: "user", supervisor: "user", institution: "landmark",
};

const asCalled = ({ whom, id }: ToCall): Called => ({ whom, ...(id ? { of: id } : {}) });

/** In a line: a button for each number, and one dashed mark for all that are missing. */
export function CallStrip({ to, services, called, first }: StripProps): JSX.Element | null {
  const known = to.filter(({ phone }) => phone);
  const missing = to.filter(({ phone }) => !phone);
  const [next] = known;
  if (!to.length) return null;
  if (first) {
    return (
      <div class="calls">
        {next?.phone ? <Callee icon={ICONS[next.whom]} name={<Party of={next} />} phone={next.phone} called={() => called(asCalled(next))} /> : <NoNumber of={missing} called={() => called()} />}
      </div>
    );
  }
  return (
    <div class="calls">
      {known.map((each) => each.phone ? (
        <Callee key={each.whom} icon={ICONS[each.whom]} name={<Party of={each} />} phone={each.phone} called={() => called(asCalled(each))} />
      ) : null)}
      {services.map((each) => (
        <Callee key={each.id} icon="siren" name={shortly(serviceOf(each))} phone={each} called={() => called({ whom: "control_room", of: each.id })} />
      ))}
      {missing.length ? <NoNumber of={missing} called={() => called()} /> : null}
    </div>
  );
}

/** The same beside the line that is chosen: large, each by its whole name, and who enters what is missing. */
export function CallList({ to, services, called }: StripProps): JSX.Element | null {
  const missing = to.filter(({ phone }) => !phone);
  const first = dialled(to);
  if (!to.length) return null;
  return (
    <div class="calls tall">
      {to.map((each) => each.phone ? (
        <Callee
          key={each.whom}
          icon={ICONS[each.whom]}
          name={<b><Party of={each} /></b>}
          phone={each.phone}
          called={() => called(asCalled(each))}
          beside={each === first ? <Key sign={signOf("unsure")} /> : null}
          first={each === first}
        />
      ) : null)}
      <div class="calls">
        {services.map((each) => (
          <Callee key={each.id} icon="siren" name={shortly(serviceOf(each))} phone={each} called={() => called({ whom: "control_room", of: each.id })} />
        ))}
        {services.some(({ confirmed }) => !confirmed) ? <small>{t("number_unconfirmed")}</small> : null}
      </div>
      {missing.length ? (
        <button type="button" class="call none" onClick={() => called()}>
          <Icon name="phone-off" />
          <span class="party">
            <b>{t("no_number")}</b> : {missing.map((each, place) => <>{place ? " · " : ""}<Party key={each.whom} of={each} /></>)}
            <small>{t("no_number_entry", { entries: missing.map(({ entry }) => entry).join(" · ") })}</small>
          </span>
        </button>
      ) : null}
    </div>
  );
}

/** The first of them whose number one touch may dial. */
export const dialled = (to: readonly ToCall[]): ToCall | undefined => to.find(({ phone }) => phone?.confirmed);

interface CalleeProps {
  readonly icon: IconName;
  readonly name: ComponentChildren;
  readonly phone: Pick<Phone, "number" | "confirmed"> & Partial<Phone>;
  readonly called: () => void;
  readonly beside?: ComponentChildren;
  readonly first?: boolean;
}

/** One touch dials a number that somebody of the authority called and was answered; no other. */
function Callee({ icon, name, phone, called, beside, first }: CalleeProps): JSX.Element {
  const inside = (
    <>
      <Icon name={icon} size="small" />
      <span class="party">{name}{phone.confirmed && phone.date ? <small>{t("number_since", { date: when(phone.date) })}</small> : null}</span>
      <span class="dial"><Code text={phone.number} /></span>
      {phone.confirmed ? beside : <small>{t("number_unconfirmed")}</small>}
    </>
  );
  const dial = `tel:${phone.number.replaceAll(" ", "")}`;
  return phone.confirmed
    ? <a class={`call ${first ? "first" : ""}`} href={dial} onClick={called}>{inside}</a>
    : <button type="button" class="call unsure" onClick={called}>{inside}</button>;
}

function NoNumber({ of, called }: { of: readonly ToCall[]; called: () => void }): JSX.Element | null {
  const [first] = of;
  if (!first) return null;
  return (
    <button type="button" class="call none" title={of.map(({ whom }) => t(`whom_${whom}`)).join(" · ")} onClick={called}>
      <Icon name="phone-off" size="small" />
      <span class="party">{t("no_number")} : {t(`whom_${first.whom}`)}{of.length > 1 ? ` +${number(of.length - 1)}` : ""}</span>
    </button>
  );
}

/** A name without what it adds in brackets. */
const shortly = (name: string): string => name.split(" (")[0] ?? name;

const serviceOf = ({ id, names }: EmergencyNumber): string => names[language] ?? Object.values(names)[0] ?? id;

function Party({ of }: { of: ToCall }): JSX.Element {
  const place = usePlace(of.whom === "control_room" ? of.id : undefined);
  const name =
    of.whom === "unit" && of.id ? named(words.units, of.id)
    : of.whom === "office" && of.id ? `${t("whom_office")} · ${named(words.courts, of.id)}`
    : `${t(`whom_${of.whom}`)} ${place}`;
  return <>{name}</>;
}

interface TriesProps {
  readonly tries: readonly Try[];
  readonly services: readonly EmergencyNumber[];
  readonly people: Names;
}

/** Who was called with what result, the last one first. */
export function Tries({ tries, ...names }: TriesProps): JSX.Element {
  return (
    <ol class="tries" reversed>
      {[...tries].reverse().map((each) => <li key={each.at + each.by}><time dateTime={each.at}>{when(each.at)}</time> <OneTry tried={each} last={each === tries.at(-1)} {...names} /></li>)}
    </ol>
  );
}

interface OneTryProps extends Omit<TriesProps, "tries"> {
  readonly tried: Try;
  /** Whether it is the last one, so that its time to call again still counts. */
  readonly last: boolean;
}

export function OneTry({ tried, last, services, people }: OneTryProps): JSX.Element {
  const again = tried.call_back_at;
  const late = last && again != null && secondsUntil(again) <= 0;
  return (
    <>
      <Said text={people[tried.by] ?? t("by_colleague")} /> · {partyOf(tried, services)}: <b>{t(`result_${tried.result}`)}</b>
      {again ? <> · <span class={late ? "late-clock" : ""}>{t("call_back_at", { time: when(again) })}</span></> : null}
    </>
  );
}

/** Whom a try was for, in words. */
export const partyOf = ({ whom, of }: Called, services: readonly EmergencyNumber[]): string =>
  serviceNamed(services, of) ?? (whom === "unit" && of ? named(words.units, of) : t(`whom_${whom}`));

interface CallingProps {
  /** Who was called, and with what result, where that is chosen already. */
  readonly whom?: Called | undefined;
  readonly result?: Result | undefined;
  readonly everybody: readonly Called[];
  readonly services: readonly EmergencyNumber[];
  readonly say: (said: Tried) => void;
  readonly leave: () => void;
}

/** Three short questions by digits: who was called, with what result, and when again. */
export function Calling({ whom: first, result: known, everybody, services, say, leave }: CallingProps): JSX.Element {
  const [whom, setWhom] = useState(first);
  const [result, setResult] = useState(known);
  const names = !whom
    ? everybody.map((each) => partyOf(each, services))
    : !result
      ? RESULTS.map((each) => t(`result_${each}`))
      : [...MINUTES.map((each) => t("again_in", { n: String(each) })), t("again_not")];
  const choose = (place: number): void => {
    if (!whom) {
      const chosen = everybody[place];
      if (chosen && known && known !== "no_answer") return say({ ...chosen, result: known });
      return setWhom(chosen);
    }
    const came = result ?? RESULTS[place];
    if (!came || place >= names.length) return;
    // Only where nobody answered is it asked when they try again.
    if (!result && came === "no_answer") return setResult(came);
    const minutes = result ? MINUTES[place] : undefined;
    say({ ...whom, result: came, ...(minutes ? { call_back_minutes: minutes } : {}) });
  };
  useKeys((act, digit) => {
    if (act === "leave") leave();
    else if (digit !== undefined) choose((digit + 9) % 10);
    else return false;
    return true;
  });
  const title = !whom ? t("called_whom") : !result ? t("called_result") : t("called_again");
  return <Choices title={title} names={names} choose={choose} leave={leave} />;
}

const serviceNamed = (services: readonly EmergencyNumber[], of: string | null | undefined): string | undefined => {
  const found = services.find(({ id }) => id === of);
  return found && serviceOf(found);
};
