/**
 * A payload converter whose `fromPayload` never throws. A signal with broken JSON would otherwise fail every workflow task
 * before any handler sees it, for ever; here the handler gets `{undecodable: true}` and can say so.
 */
import { defaultPayloadConverter, type Payload, type PayloadConverter } from "@temporalio/common";

export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the SDK's interface asks for it
  fromPayload: <T>(payload: Payload): T => {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload);
    } catch {
      return { undecodable: true } as T;
    }
  },
};
