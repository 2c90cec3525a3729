// Where a case goes with a decision, in words.
import type { CaseView, Decision } from "./api";
import { named, t, words } from "./words";

/** To a unit, out of the queue with the reason, or to whoever answers; undefined where what is decided says it. */
export function destination(view: CaseView, body: Decision): string | undefined {
  switch (body.outcome) {
    case "confirm": {
      const byRule = body.category || body.territory || body.ground || body.country;
      return body.unit ? named(words.units, body.unit) : byRule ? t("unit_by_rule") : named(words.units, view.competence.unit);
    }
    case "reject":
      return body.turn_to ? named(words.services, body.turn_to) : t(`reject_${body.reason}`);
    case "ask":
      return t("to_reporter");
    case "decline":
      return named(words.units, body.competent_unit);
    default:
      return undefined;
  }
}
