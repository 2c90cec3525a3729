// Which statuses are alike by the law of a case. Written by `make docs` from casework/case/lifecycle.py; do not edit.
import type { CaseView } from "./api";

type Statuses = readonly CaseView["status"][];

/** The lists of a unit show the case until a person acts: no workflow is about to move it. */
export const RESTING_WITH_UNIT: Statuses = ["published", "awaiting_authorisation", "acknowledged"];

/** People have finished work on the case itself. */
export const ENDED: Statuses = ["merged", "closed", "erased"];

/** The case can be given to another unit. */
export const TAKING_REASSIGNMENT: Statuses = ["queued", "published", "declined", "awaiting_authorisation", "acknowledged"];
