"""How good the assessment is, measured on labelled reports: `make evaluate FILE=…`."""
