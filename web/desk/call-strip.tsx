// Whom to call about a case, each with the number or where it is entered, and who was called with what result.
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { call, type CaseLine, type EmergencyNumber, newKey, type Phone, type Result, type ToCall, type Tried, type Try } from "./api";
import { Choices } from "./choices";
import { Code, Said } from "./untrusted-text";
import { signOf, useKeys } from "./keys";
import { usePlace } from "./place-names";
import { secondsUntil, when } from "./times";
import { code as language, named, type Names, t, words } from "./words";

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

export const sayTried = async (id: string, body: Tried): Promise<CaseLine> => {
  const path = `/v1/desk/cases/${encodeURIComponent(id)}/tries`;
  return (await call<CaseLine>({ method: "POST", path, key: newKey(), body })).body;
};

interface StripProps {
  readonly line: CaseLine;
  readonly to: readonly ToCall[];
  readonly services: readonly EmergencyNumber[];
  readonly people: Names;
  /** Say what came of calling somebody, or of calling anybody. */
  readonly called: (whom?: Called) => void;
  /** How the reporter can be reached. */
  readonly reporter?: ComponentChildren;
}

export function CallStrip({ line, to, services, people, called, reporter }: StripProps): JSX.Element {
  const missing = to.filter(({ phone }) => !phone).map(({ entry }) => entry);
  return (
    <div class="calls">
      {to.length ? (
        <ul>
          {to.map((each) => (
            <li key={each.whom}>
              <Party of={each} /> {each.phone ? <Dial phone={each.phone} /> : <span class="hint">{t("no_number")}</span>}{" "}
              <button type="button" class="link" onClick={() => called({ whom: each.whom, ...(each.id ? { of: each.id } : {}) })}>{t("called")}</button>
            </li>
          ))}
          {services.map((each) => (
            <li key={each.id}>
              <b>{serviceOf(each)}</b> <Dial phone={each} />{" "}
              <button type="button" class="link" onClick={() => called({ whom: "control_room", of: each.id })}>{t("called")}</button>
            </li>
          ))}
        </ul>
      ) : null}
      {missing.length ? <p class="hint">{t("no_number_entry", { entries: missing.join(" · ") })}</p> : null}
      {reporter}
      <p><button type="button" class="link" onClick={() => called()}>{t("say_called")} <kbd>{signOf("unsure")}</kbd></button></p>
      {line.tries?.length ? <Tries tries={line.tries} services={services} people={people} /> : null}
    </div>
  );
}

/** One touch dials a number that somebody of the authority called and was answered; no other. */
function Dial({ phone }: { phone: Pick<Phone, "number" | "confirmed"> & Partial<Phone> }): JSX.Element {
  if (!phone.confirmed) return <span><Code text={phone.number} /> <small>{t("number_unconfirmed")}</small></span>;
  const dial = `tel:${phone.number.replaceAll(" ", "")}`;
  return (
    <span>
      <a href={dial}><Code text={phone.number} /></a>
      {phone.date ? <small> {t("number_since", { date: when(phone.date) })}</small> : null}
    </span>
  );
}

const serviceOf = ({ id, names }: EmergencyNumber): string => names[language] ?? Object.values(names)[0] ?? id;

function Party({ of }: { of: ToCall }): JSX.Element {
  const place = usePlace(of.whom === "control_room" ? of.id : undefined);
  const name =
    of.whom === "unit" && of.id ? named(words.units, of.id)
    : of.whom === "office" && of.id ? `${named(words.prosecutors, of.office ?? "")}, ${named(words.courts, of.id)}`
    : place;
  return of.whom === "unit" ? <b>{name}</b> : <><b>{t(`whom_${of.whom}`)}</b> {name}</>;
}

interface TriesProps {
  readonly tries: readonly Try[];
  readonly services: readonly EmergencyNumber[];
  readonly people: Names;
}

function Tries({ tries, services, people }: TriesProps): JSX.Element {
  const last = tries.at(-1);
  return (
    <ol class="tries" reversed>
      {[...tries].reverse().map((each) => {
        const service = services.find(({ id }) => id === each.of);
        const again = each.call_back_at;
        const late = each === last && again != null && secondsUntil(again) <= 0;
        return (
          <li key={each.at + each.by}>
            <time dateTime={each.at}>{when(each.at)}</time> <Said text={people[each.by] ?? t("by_colleague")} /> ·{" "}
            {service ? serviceOf(service) : nameOf(each)}: <b>{t(`result_${each.result}`)}</b>
            {again ? <> · <span class={late ? "late-clock" : ""}>{t("call_back_at", { time: when(again) })}</span></> : null}
          </li>
        );
      })}
    </ol>
  );
}

/** Whom a try was for, in words. */
const nameOf = ({ whom, of }: Called): string =>
  whom === "unit" && of ? named(words.units, of) : t(`whom_${whom}`);

interface CallingProps {
  /** Who was called, where that is chosen already. */
  readonly whom?: Called | undefined;
  readonly everybody: readonly Called[];
  readonly services: readonly EmergencyNumber[];
  readonly say: (said: Tried) => void;
  readonly leave: () => void;
}

/** Three short questions by digits: who was called, with what result, and when again. */
export function Calling({ whom: first, everybody, services, say, leave }: CallingProps): JSX.Element {
  const [whom, setWhom] = useState(first);
  const [result, setResult] = useState<Result>();
  const names = !whom
    ? everybody.map((each) => serviceNamed(services, each.of) ?? nameOf(each))
    : !result
      ? RESULTS.map((each) => t(`result_${each}`))
      : [...MINUTES.map((each) => t("again_in", { n: String(each) })), t("again_not")];
  const choose = (place: number): void => {
    if (!whom) return setWhom(everybody[place]);
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
