/** One thing that `missions doctor` looked at. */
export interface DoctorFinding {
  name: string;
  /** `warn`: missions run, but not as well as they could. */
  ok: boolean | "warn";
  found: string;
  /** What to do: a command where there is one. */
  remedy?: string;
}
