/** What is read of the answers of Gitea (API 1) and GitLab (API 4); everything else in them is passed over. */
import { z } from "zod";

const number = z.int().min(1).transform(String);

export const giteaPullRequest = z.object({
  number,
  state: z.enum(["open", "closed"]),
  merged: z.boolean(),
  html_url: z.string(),
  title: z.string(),
  body: z.string().nullish(),
  head: z.object({ ref: z.string(), sha: z.string() }),
  base: z.object({ ref: z.string() }),
  review_comments: z.int().nullish(),
});
export type GiteaPullRequest = z.output<typeof giteaPullRequest>;

export const giteaComment = z.object({ body: z.string() });

export const giteaCombinedStatus = z.object({
  statuses: z
    .array(
      z.object({
        context: z.string(),
        status: z.string(),
        target_url: z.string().nullish(),
      }),
    )
    .nullish(),
});

export const gitlabMergeRequest = z.object({
  iid: number,
  state: z.enum(["opened", "closed", "merged", "locked"]),
  web_url: z.string(),
  title: z.string(),
  description: z.string().nullish(),
  source_branch: z.string(),
  target_branch: z.string(),
  sha: z.string().nullish(),
});
export type GitlabMergeRequest = z.output<typeof gitlabMergeRequest>;

/** `system`: GitLab's own word about a change. */
export const gitlabNote = z.object({ body: z.string(), system: z.boolean().nullish() });

export const gitlabStatus = z.object({
  name: z.string(),
  status: z.string(),
  target_url: z.string().nullish(),
  allow_failure: z.boolean().nullish(),
});
