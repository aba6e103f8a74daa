/** Fixture sites as plain values, for the server of `pages.ts`. */
import type { Answer } from "../pages.js";

export interface SiteAnswer {
  status?: number;
  type?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Answers only after so long. */
  afterMs?: number;
}
/** By path; a text is a page. */
export type Site = Record<string, SiteAnswer | string>;

export const answersOf = (site: Site): Record<string, Answer> =>
  Object.fromEntries(
    Object.entries(site).map(([path, answer]) => [
      path,
      typeof answer === "string" ? answer : answerOf(answer),
    ]),
  );

const answerOf =
  (answer: SiteAnswer): Answer =>
  (_, response) => {
    const { status = 200, type = "text/html; charset=utf-8", headers = {}, body = "" } = answer;
    const send = () => response.writeHead(status, { "content-type": type, ...headers }).end(body);
    if (answer.afterMs === undefined) send();
    else setTimeout(send, answer.afterMs);
  };

/** The smallest picture that there is: one white pixel. */
export const PIXEL = Buffer.from("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=", "base64");
