// Pages that are only read.
import "./quick-exit";
