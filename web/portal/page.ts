// Pages that are only read.
import "./exit";
