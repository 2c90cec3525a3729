// Who has a case in which danger may be imminent, and the key by which a person takes it.
import type { JSX } from "preact";
import { call, type CaseLine, newKey, type Take } from "./api";
import { Said } from "./untrusted-text";
import { signOf } from "./keys";
import { when } from "./times";
import { Key } from "./ui/key";
import { type Names, t } from "./words";

/** Whether somebody looks after the case, and nothing happened since: no sound asks for it. */
export const isHeard = ({ attended, taken }: CaseLine): boolean => Boolean(attended) || Boolean(taken && !taken.news);

/** Have the case, in the place of the one who is shown to have it. */
export const take = async ({ id, taken }: CaseLine): Promise<CaseLine> => {
  const body: Take = taken ? { instead_of: taken.by } : {};
  const path = `/v1/desk/cases/${encodeURIComponent(id)}/take`;
  return (await call<CaseLine>({ method: "POST", path, key: newKey(), body })).body;
};

/** The case that is opened in order to call its reporter: the page stands there then. */
let calls = "";
export const callsIn = (id: string): boolean => calls === id;
export const willCall = (id: string): void => void (calls = id);

interface TakenProps {
  readonly line: CaseLine;
  readonly people: Names;
  readonly me: string;
  readonly take: () => void;
}

export function Taken({ line, people, me, take: has }: TakenProps): JSX.Element {
  const { taken } = line;
  const key = <Key sign={signOf("danger")} />;
  if (!taken) {
    return (
      <p class="taken">
        <b class="late-clock">{t("taken_nobody")}</b> <button type="button" class="button" onClick={has}>{t("take_it")} {key}</button>
      </p>
    );
  }
  const mine = taken.by === me;
  const since = <time dateTime={taken.at}>{t("taken_since", { time: when(taken.at) })}</time>;
  return (
    <p class="taken">
      <b>{mine ? t("taken_mine") : <Said text={people[taken.by] ?? t("by_colleague")} />}</b> · {since}{" "}
      {taken.news ? <b class="late-clock">{t("taken_news")}</b> : null}{" "}
      {mine && !taken.news ? null : (
        <button type="button" class="link" onClick={has}>{t(mine ? "taken_seen" : "take_over")} {key}</button>
      )}
    </p>
  );
}
