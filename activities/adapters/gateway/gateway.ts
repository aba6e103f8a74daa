/** The gateway of an attempt: agents of others call their models through it, within the slice and without the key. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { requireProvider } from "./model-choice.js";
import type { GatewayPort } from "../../ports.js";
import { answer } from "./answering.js";
import { listen } from "./listeners.js";
import { createSession } from "./session.js";
import type { GatewayDependencies } from "./session.js";
import { createAsk } from "./upstream.js";

export type { GatewayDependencies };

/**
 * Opens one gateway for each attempt.
 * @throws Problem when the feature's model has no price, or its provider no key or address.
 */
export function createGateway(deps: GatewayDependencies): GatewayPort {
  return {
    async open({ folder, ...order }) {
      const provider = requireProvider(deps.prices, order.model);
      await deps.models.upstream(provider);
      const closing = new AbortController();
      const { ask, end } = createAsk();
      const session = createSession(deps, order, ask, closing.signal);
      const token = `missions-${randomBytes(24).toString("hex")}`;
      const answering = new Set<Promise<void>>();
      const listener = (request: IncomingMessage, response: ServerResponse) => {
        const answered = answer(session, token, request, response).finally(() => {
          answering.delete(answered);
        });
        answering.add(answered);
      };
      const listeners = await listen(folder, listener);
      return {
        socket: listeners.socket,
        listening: listeners.listening,
        token,
        stop: () => session.stop(),
        metered: () => session.metered(),
        close: async () => {
          closing.abort();
          const closed = listeners.close();
          // What was in flight is booked before anybody settles the slice.
          while (answering.size > 0) await Promise.allSettled(answering);
          end();
          await closed;
        },
      };
    },
  };
}
