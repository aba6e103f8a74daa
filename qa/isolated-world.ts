/** A world of our own in a page: the same elements, but none of the functions that the page's scripts have replaced. */
import type { CDPSession, Page } from "playwright";

/** One for each page; it ends with it. */
const sessions = new WeakMap<Page, Promise<CDPSession>>();

const sessionOf = (page: Page): Promise<CDPSession> => {
  const session = sessions.get(page) ?? page.context().newCDPSession(page);
  sessions.set(page, session);
  return session;
};

/** By which Chromium says that the page went elsewhere meanwhile. */
const MOVED = /Cannot find context|navigated or closed|context was destroyed|No frame/i;

/**
 * Evaluates an expression, awaited, whose value is JSON.
 * @throws what it threw; that the execution context was destroyed, when the page went elsewhere; that the page crashed.
 */
export async function evaluateIsolated<T>(page: Page, expression: string): Promise<T> {
  let crash: () => void = () => undefined;
  // A renderer that is gone answers nothing any more.
  const crashed = new Promise<never>((_, reject) => {
    crash = () => {
      reject(new Error("Page crashed"));
    };
    page.once("crash", crash);
  });
  const evaluated = evaluate(page, expression);
  evaluated.catch(() => undefined);
  try {
    return (await Promise.race([evaluated, crashed])) as T;
  } catch (error) {
    if (!(error instanceof Error) || !MOVED.test(error.message)) throw error;
    throw new Error("the execution context was destroyed: the page went elsewhere", {
      cause: error,
    });
  } finally {
    page.off("crash", crash);
  }
}

async function evaluate(page: Page, expression: string): Promise<unknown> {
  const session = await sessionOf(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId: contextId } = await session.send("Page.createIsolatedWorld", {
    frameId: frameTree.frame.id,
    worldName: "missions",
  });
  const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
    ...{ expression, contextId },
    ...{ awaitPromise: true, returnByValue: true },
  });
  if (exceptionDetails !== undefined)
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}
