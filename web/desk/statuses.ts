// Which statuses are alike by the law of a case. Written by `make docs` from casework/case/lifecycle.py; do not edit.
import type { CaseView } from "./api";

type Statuses = readonly CaseView["status"][];

/** No unit is offered the case, holds it or keeps it. */
export const WITHOUT_UNIT: Statuses = ["received", "in_review", "awaiting_answer", "reviewed", "declined"];

/** A unit holds the case, and one of its officers may work on it. */
export const HELD_BY_UNIT: Statuses = ["awaiting_authorisation", "acknowledged"];

/** The lists of a unit show the case until a person acts: no workflow is about to move it. */
export const RESTING_WITH_UNIT: Statuses = ["published", "awaiting_authorisation", "acknowledged"];

/** People have finished work on the case itself. */
export const ENDED: Statuses = ["merged", "closed", "erased"];

/** People may write to the reporters of the case. */
export const TAKING_MESSAGE: Statuses = ["received", "in_review", "awaiting_answer", "reviewed", "queued", "published", "declined", "awaiting_authorisation", "acknowledged", "closed"];

/** The case can be given to another unit. */
export const TAKING_REASSIGNMENT: Statuses = ["queued", "published", "declined", "awaiting_authorisation", "acknowledged"];

/** People may write a note on the case. */
export const TAKING_REMARK: Statuses = ["received", "in_review", "awaiting_answer", "reviewed", "queued", "published", "declined", "awaiting_authorisation", "acknowledged", "merged", "closed"];
