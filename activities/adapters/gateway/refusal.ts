/** What an agent is told when its call is not made, in the form that its provider's own errors have. */
import type { ShapeName } from "./routes.js";

export class Refusal extends Error {
  /** 400 unless another is meant: agents show it and do not try again. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const refuse = (message: string, status = 400): never => {
  throw new Refusal(status, message);
};

const KINDS: Record<number, { openai: string; anthropic: string; gemini: string }> = {
  401: { openai: "invalid_api_key", anthropic: "authentication_error", gemini: "UNAUTHENTICATED" },
  404: { openai: "not_found", anthropic: "not_found_error", gemini: "NOT_FOUND" },
  413: { openai: "too_large", anthropic: "request_too_large", gemini: "INVALID_ARGUMENT" },
  503: { openai: "server_error", anthropic: "overloaded_error", gemini: "UNAVAILABLE" },
  502: { openai: "server_error", anthropic: "api_error", gemini: "UNAVAILABLE" },
};
const REFUSED = {
  openai: "not_passed_on",
  anthropic: "invalid_request_error",
  gemini: "FAILED_PRECONDITION",
};

/** The body of an error. */
export function refusalBody(shape: ShapeName, status: number, said: string): string {
  const kind = KINDS[status] ?? REFUSED;
  const message = `missions: ${said}`;
  switch (shape) {
    case "messages":
      return JSON.stringify({ type: "error", error: { type: kind.anthropic, message } });
    case "gemini":
      return JSON.stringify({ error: { code: status, message, status: kind.gemini } });
    case "chat":
    case "responses": {
      const type = status >= 500 ? "server_error" : "invalid_request_error";
      return JSON.stringify({ error: { message, type, param: null, code: kind.openai } });
    }
  }
}
