/** Where pull requests are, as activities need it. */
import type { ForgePlace } from "../domain/forge-place.js";
import type { ForgeKind } from "../domain/mission.js";
import type { PullRequestState } from "../domain/shipping-work.js";
import type { MissionRecord } from "../store/mission-record.js";

/** One pull request as a forge keeps it. */
export interface ForgePullRequest {
  /** The forge's own number or path. */
  id: string;
  where: string;
  /** Its CI has said something of the commit already. */
  awaitsCi: boolean;
}

/** A pull request as it is now, to see whether anybody but us has touched it. */
export interface PullRequestTraces {
  state: PullRequestState["state"];
  head: string;
  commit: string;
  title: string;
  body: string;
  /** Comments that are not ours. */
  comments: number;
  /** Keys of those that are. */
  keys: string[];
}

/** What a pull request shall be. Texts are ours, or quoted. */
export interface PullRequestOrder {
  head: string;
  base: string;
  title: string;
  body: string;
  /** Where `head` stands. */
  commit: string;
  /** Name of the review file, where that is all there is. */
  file: string;
}

/**
 * A place for pull requests. Contract: every call reads back before it makes anything, so that a repeat makes nothing twice;
 * branches are pushed before, without force. @throws Problem for what a person must mend (token, rights, protection),
 * ForgeUnavailable for what passes.
 */
export interface ForgePort {
  /** One for each head branch and base; its text is brought up to date. @throws Problem where a person closed it. */
  open(order: PullRequestOrder): Promise<ForgePullRequest>;
  /** `ci: "none"` also while nothing has been said of the commit yet. */
  read(id: string, commit: string): Promise<PullRequestState>;
  /** Who did what to it; only reads. */
  traces(id: string): Promise<PullRequestTraces>;
  /** Adds a comment once for a key. */
  comment(id: string, key: string, body: string): Promise<void>;
  close(id: string): Promise<void>;
}

/** The forge of one mission, opened for one activity. */
export interface MissionForge {
  kind: ForgeKind;
  port: ForgePort;
  /** Absent where there is no server: nothing is pushed. */
  place?: ForgePlace;
  /**
   * Moves branches of the forge forward, in this order, and makes those that are missing; never with force.
   * Contract: may be repeated. @throws Problem that says what refused it, ForgeUnavailable for what passes.
   */
  push(gitDir: string, branches: readonly { name: string; commit: string }[]): Promise<void>;
}

export interface ForgesPort {
  /**
   * Of a mission, as its record says. @param repository as a feature names it; left out: the mission's own.
   * @throws Problem where the token is not there any more.
   */
  open(
    record: MissionRecord,
    repository: string | undefined,
    signal: AbortSignal,
  ): Promise<MissionForge>;
}
