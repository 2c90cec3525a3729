// The decisions on their way, in sight until they hold.
import type { JSX } from "preact";
import { refusal } from "./refusals";
import { Code, Said } from "./untrusted-text";
import { signOf } from "./keys";
import { span, useTick } from "./times";
import { type Sent, useTray } from "./pending-decisions";
import { t } from "./words";

export function Tray({ takeBack, look }: { takeBack: () => boolean; look: (sent: Sent) => void }): JSX.Element {
  const sent = useTray();
  return (
    <div class="tray" role="status">
      {sent.map((each) => <Line key={each.key} sent={each} takeBack={takeBack} look={look} />)}
    </div>
  );
}

function Line({ sent, takeBack, look }: { sent: Sent; takeBack: () => boolean; look: (sent: Sent) => void }): JSX.Element {
  useTick(sent.state === "waiting" ? 1000 : 60_000);
  const outcome = t(`outcome_${sent.outcome}`);
  const { decided } = sent;
  return (
    <p class={sent.state}>
      <b>{outcome}</b> {sent.outcome === "again" ? null : <Code text={sent.id} />}{sent.about?.map((each) => <> · <Said text={each} /></>)}{" "}
      {sent.state === "waiting" ? (
        <>
          <span aria-hidden="true">{span(Math.ceil((sent.due - Date.now()) / 1000))}</span>{" "}
          <button type="button" class="link" onClick={takeBack}>{t("undo")} <kbd>{signOf("undo")}</kbd></button>
        </>
      ) : sent.state === "refused" ? (
        <>
          {refusal(sent.refused ?? "")}{" "}
          <button type="button" class="link" onClick={() => look(sent)}>{t("look")}</button>
        </>
      ) : sent.state === "sending" ? (
        t("sending")
      ) : sent.outcome === "message" ? (
        t("message_sent")
      ) : decided && "taken" in decided ? (
        t(decided.taken ? "glance_taken" : "glance_late")
      ) : decided?.decision === "propose" ? (
        t("proposed")
      ) : decided?.status === "awaiting_authorisation" ? (
        t("taken_unauthorised")
      ) : (
        t(sent.state === "later" ? "later_follows" : "done")
      )}
    </p>
  );
}
