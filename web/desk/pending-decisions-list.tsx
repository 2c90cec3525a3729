// The decisions on their way: one stands in the bar, for as long as it can be taken back, with where the case goes. One that
// was refused stays above it until somebody looks.
import type { JSX } from "preact";
import { refusal } from "./refusals";
import { Code, Said } from "./untrusted-text";
import { useTick } from "./times";
import { type Sent, UNDO_SECONDS, useTray } from "./pending-decisions";
import { Icon } from "./ui/icon";
import { Toast } from "./ui/toast";
import { t } from "./words";

interface TrayProps {
  readonly takeBack: () => boolean;
  readonly look: (sent: Sent) => void;
}

export function Tray({ takeBack, look }: TrayProps): JSX.Element {
  const sent = useTray();
  const refused = sent.filter(({ state }) => state === "refused");
  const others = sent.filter(({ state }) => state !== "refused");
  const waiting = others.filter(({ state }) => state === "waiting");
  const last = waiting.at(-1) ?? others.at(-1);
  const [first] = refused;
  useTick(waiting.length ? 1000 : 60_000);
  return (
    <div class="tray" role="status">
      {first ? (
        <Toast key={first.key} kind="refused" count={refused.length}>
          <What of={first} /> {refusal(first.refused ?? "")} <button type="button" onClick={() => look(first)}>{t("look")}</button>
        </Toast>
      ) : null}
      {last?.state === "waiting" ? (
        <Toast key={last.key} left={Math.max(0, (last.due - Date.now()) / 1000)} of={UNDO_SECONDS} count={waiting.length} undo={takeBack} undoName={t("undo")}>
          <What of={last} />
        </Toast>
      ) : last ? (
        <Toast key={last.key}><What of={last} /> · {became(last)}</Toast>
      ) : null}
    </div>
  );
}

/** What was decided, on which case, and where that goes. */
function What({ of: { outcome, id, about, where } }: { of: Sent }): JSX.Element {
  return (
    <>
      <b>{t(`outcome_${outcome}`)}</b> {outcome === "again" ? null : <Code text={id} />}
      {about?.map((each) => <> · <Said text={each} /></>)}
      {where ? <> <Icon name="arrow-right" size="small" flips /> <b>{where}</b></> : null}
    </>
  );
}

function became({ state, outcome, decided }: Sent): string {
  if (state === "sending") return t("sending");
  if (outcome === "message") return t("message_sent");
  // It leaves the status of the case as it was.
  if (outcome === "assign") return t("done");
  if (decided && "taken" in decided) return t(decided.taken ? "glance_taken" : "glance_late");
  if (decided?.decision === "propose") return t("proposed");
  if (decided?.status === "awaiting_authorisation") return t("taken_unauthorised");
  return t(state === "later" ? "later_follows" : "done");
}
