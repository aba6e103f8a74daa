/** Answers one request of an agent: who asks, what for, and whether it is passed on. */
import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Problem } from "../../../domain/problem.js";
import { parseModelId } from "../../../domain/routing.js";
import type { ModelProvider } from "../../../domain/routing.js";
import { chat } from "./chat.js";
import { gemini } from "./gemini.js";
import { isObject, parseJson } from "./json.js";
import type { JsonObject } from "./json.js";
import { messages } from "./messages.js";
import { chooseModel } from "./model-choice.js";
import { listedModels, modelListBody } from "./model-list.js";
import { payAndPass, respond } from "./paid-pass.js";
import { passCount } from "./pass-count.js";
import { Refusal, refusalBody, refuse } from "./refusal.js";
import { responses } from "./responses.js";
import { routeOf, speaks } from "./routes.js";
import type { Route, ShapeName } from "./routes.js";
import type { Session } from "./session.js";
import type { Shape } from "./shape.js";

/** The largest that providers take. */
const LARGEST_REQUEST_BYTES = 32 * 1024 * 1024;
/** Of all requests of one gateway that are answered at once: the worker's memory is everybody's. */
const MOST_HELD_BYTES = 64 * 1024 * 1024;
const SHAPES: Record<ShapeName, Shape> = { chat, responses, messages, gemini };

/** Never throws: what goes wrong is told in the form of the provider's own errors. */
export async function answer(
  session: Session,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = urlOf(request);
  const route = routeOf(url, request.headers["anthropic-version"] !== undefined);
  try {
    if (!isTokenOf(token, request, url)) refuse("the key is not the one of this gateway.", 401);
    await serve(session, route, request, response, url);
  } catch (error) {
    const { status, said } = saidOf(error);
    respond(response, status, refusalBody(route.shape, status, said));
  }
}

async function serve(
  session: Session,
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const { model: own } = session.order;
  const provider = providerOf(own, route);
  const { operation, shape } = route;
  if (operation === "none" || !speaks(provider, { ...route, ...listed(operation, provider) })) {
    refuse(`there is nothing at ${request.method ?? ""} ${url.pathname.slice(0, 200)}.`, 404);
  }
  if (operation === "models" || operation === "model") {
    const names = listedModels(own, session.models.defaultRouting(), provider);
    const found = operation === "models" ? names : names.filter((name) => name === route.model);
    if (found.length === 0) refuse(`there is no model ${route.model ?? ""} here.`, 404);
    respond(response, 200, modelListBody(shape, found, operation === "model"));
    return;
  }
  if (request.method !== "POST") refuse("only POST is taken here.", 405);

  const taken = { bytes: 0 };
  try {
    const body = await readBody(request, session.held, taken);
    await passCall({ session, route, request, response, url, provider, body });
  } finally {
    session.held.bytes -= taken.bytes;
  }
}

async function passCall(given: {
  session: Session;
  route: Route;
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  provider: ModelProvider;
  body: JsonObject;
}): Promise<void> {
  const { session, route, request, response, url, provider, body } = given;
  const { operation, shape } = route;
  const own = session.order.model;
  const asked = SHAPES[shape].accept(body, provider, route.streams === true);
  const named = route.model ?? body["model"];
  if (typeof named !== "string") return refuse('"model" is missing.');
  const model = chooseModel(session.prices, own, provider, named);
  const name = model.slice(model.indexOf("/") + 1);
  const upstream = await session.models.upstream(provider);
  if (response.destroyed) return;
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  const call = {
    session,
    shape,
    asked,
    model,
    name,
    upstream,
    response,
    headers: request.headers,
    path: upstreamPath(route, name, url),
    createReader: () => SHAPES[shape].createReader(),
    gone: AbortSignal.any([gone.signal, session.closing]),
  };
  await (operation === "count" ? passCount(call) : payAndPass(call));
}

/** A list has no form of its own: whoever asks for one gets it. */
const listed = (operation: Route["operation"], provider: ModelProvider): Partial<Route> =>
  operation === "models" || operation === "model"
    ? { shape: provider === "anthropic" ? "messages" : provider === "google" ? "gemini" : "chat" }
    : {};

function providerOf(own: string, route: Route): ModelProvider {
  const provider = parseModelId(own)?.provider;
  if (provider === undefined) return refuse(`${own} is not a model that can be reached.`);
  if (route.provider !== undefined && route.provider !== provider) {
    refuse(`calls go to ${provider} only: this feature's model is ${own}.`);
  }
  return provider;
}

function upstreamPath({ shape, path, model, operation }: Route, name: string, url: URL): string {
  if (shape === "gemini" && model !== undefined) {
    const method = path.slice(path.lastIndexOf(":"));
    const sse = url.searchParams.get("alt") === "sse" ? "?alt=sse" : "";
    return `models/${encodeURIComponent(name)}${method}${operation === "call" ? sse : ""}`;
  }
  return url.searchParams.get("beta") === "true" ? `${path}?beta=true` : path;
}

/** @param taken what is added to `held` here; the caller gives it back. */
async function readBody(
  request: IncomingMessage,
  held: Session["held"],
  taken: { bytes: number },
): Promise<JsonObject> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") refuse(`a body in ${encoding} is not read.`, 415);
  const tooLarge = () => refuse("the request is above 32 MB.", 413);
  if (Number(request.headers["content-length"] ?? 0) > LARGEST_REQUEST_BYTES) tooLarge();
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    taken.bytes += chunk.length;
    held.bytes += chunk.length;
    if (taken.bytes > LARGEST_REQUEST_BYTES) tooLarge();
    if (held.bytes > MOST_HELD_BYTES) refuse("too much is asked at once.", 503);
    chunks.push(chunk);
  }
  const body = parseJson(Buffer.concat(chunks).toString("utf8"));
  return isObject(body) ? body : refuse("the body is not a JSON object.");
}

/** Under any of the names that providers have for a key. */
function isTokenOf(token: string, { headers }: IncomingMessage, url: URL): boolean {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? "")?.[1];
  const given = [
    bearer,
    headers["x-api-key"],
    headers["x-goog-api-key"],
    url.searchParams.get("key"),
  ];
  return given.some((each) => typeof each === "string" && isSame(each, token));
}

function isSame(given: string, token: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(token)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function urlOf(request: IncomingMessage): URL {
  try {
    return new URL(request.url ?? "/", "http://gateway");
  } catch {
    return new URL("http://gateway/");
  }
}

function saidOf(error: unknown): { status: number; said: string } {
  if (error instanceof Refusal) return { status: error.status, said: error.message };
  if (error instanceof Problem) return { status: 400, said: `${error.message} ${error.remedy}` };
  return { status: 500, said: "the call could not be booked." };
}
