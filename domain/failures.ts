/** Failure types of activities: the contract between the one that throws and the workflow that decides. */
export const FAILURE = {
  /** The plan, record or blob that an activity was pointed at is not there. */
  missingRecord: "MissingRecord",
  /** 401 or 403 of a model provider; a person must mend the key. Never retried. */
  modelAuth: "ModelAuth",
  /** 400 and the like: the same request would fail again. Never retried. */
  modelRefused: "ModelRefused",
  /** The provider did not answer or failed; Temporal retries. */
  modelUnavailable: "ModelUnavailable",
  /** No price, no key, unknown provider. Never retried. */
  modelUnknown: "ModelUnknown",
  /** The store's disk is full; retried slowly, a person is told. */
  storeFull: "StoreFull",
  /** The repository cannot be used; never retried. */
  repositoryUnusable: "RepositoryUnusable",
  /** The forge does not answer, or asks to wait; Temporal retries. */
  forgeUnavailable: "ForgeUnavailable",
  /** The attempt was superseded: it stopped before its next effect. */
  superseded: "Superseded",
  /** The worker was asked to end; the attempt has checkpointed and Temporal runs it again. */
  workerStopped: "WorkerStopped",
  /** Our own bug. */
  unexpected: "Unexpected",
} as const;
export type FailureType = (typeof FAILURE)[keyof typeof FAILURE];
