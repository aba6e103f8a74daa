/** What the four forms of calls have in common: a request that may be passed on, and a reader of what its answer cost. */
import type { ModelProvider } from "../../../domain/routing.js";
import type { AnswerTokens } from "../../metering.js";
import type { CallUsage } from "../../ports.js";
import type { JsonObject } from "./json.js";
import { lookAt } from "./parts.js";
import type { Pictures } from "./parts.js";

/** A call that an agent wants to make, without anything that is not passed on. */
export interface AskedCall {
  answer: AnswerTokens;
  streams: boolean;
  /** The stream tells its usage because we asked for it; the agent did not. */
  hidesUsage: boolean;
  prompt: Prompt;
  leftOut: string[];
  /** The request with its model and the longest answer that is paid for. */
  bodyFor(model: string, maxOutputTokens: number): JsonObject;
  /** The request that counts its tokens only; where that is free. */
  countBody?(model: string): JsonObject;
}

/** What a prompt is made of, in the order in which it grows from call to call. */
export interface Prompt {
  /** All but the messages. */
  fixed: unknown;
  messages: { content: unknown; pictures: Pictures }[];
}

/** Reads a reply or the events of a stream, one JSON value after the other. */
export interface UsageReader {
  read(value: unknown): void;
  /** Undefined until the answer has told all that it cost. */
  usage(): CallUsage | undefined;
  requestId(): string | undefined;
}

export interface Shape {
  /** Reads a request. @throws Refusal naming what is not passed on. */
  accept(body: JsonObject, provider: ModelProvider, streams: boolean): AskedCall;
  createReader(): UsageReader;
}

/** A shorter answer is cut before it says anything. */
export const LEAST_ANSWER_TOKENS = 512;

export function promptOf(fixed: unknown, messages: unknown): Prompt {
  const list: unknown[] = Array.isArray(messages) ? messages : [messages ?? ""];
  return {
    fixed,
    messages: list.map((content) => {
      const pictures = { count: 0, bytes: 0 };
      lookAt(content, pictures);
      return { content, pictures };
    }),
  };
}

/** No model answers at greater length; what an agent names beyond would be asked for and never be granted. */
const LONGEST_ANSWER_TOKENS = 131_072;

/** @param thinking least tokens of thinking that must fit beside the answer; 0 when the call does not ask for any. */
export function answerOf(asked: number | undefined, usual: number, thinking: number): AnswerTokens {
  const wanted = asked === undefined || asked < 1 ? usual : Math.min(asked, LONGEST_ANSWER_TOKENS);
  return { wanted, least: Math.min(wanted, LEAST_ANSWER_TOKENS + thinking) };
}

/** A budget for thinking stays below the longest answer, with room for the answer itself. */
export const thinkingWithin = (budget: number, maxOutputTokens: number) =>
  Math.min(budget, Math.max(1, maxOutputTokens - LEAST_ANSWER_TOKENS));
