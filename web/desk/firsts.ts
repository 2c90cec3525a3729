// The lists on the first page of an officer and of a prosecutor, which share most of their script: they are loaded as one.
export { Office } from "./office";
export { UnitLists } from "./unit";
