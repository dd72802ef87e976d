import { randomUUID } from 'node:crypto';
import { conversationFrom } from './conversation.ts';
import { fields, list, string, textOf } from './json.ts';
import type { Json } from './json.ts';
import { pieces } from './wire.ts';
import type { Spoken, WireFormat } from './wire.ts';

/** Gemini: `POST /v1beta/models/{model}:generateContent` and `:streamGenerateContent`. */
export const gemini: WireFormat = {
  name: 'gemini',

  read({ body, model }) {
    const settings = fields(body['generationConfig']);
    const schema = settings['responseJsonSchema'] ?? settings['responseSchema'];
    return conversationFrom({
      format: 'gemini',
      model,
      system: textOf(fields(body['systemInstruction'])['parts']),
      messages: list(body['contents']).map(({ role, parts }) => ({
        role: role === 'model' ? 'assistant' : 'user',
        text: textOf(parts),
        toolResults: list(parts)
          .filter((part) => 'functionResponse' in part)
          .map((part) => JSON.stringify(fields(part['functionResponse'])['response'] ?? null)),
      })),
      tools: list(body['tools'])
        .flatMap((tool) => list(tool['functionDeclarations']))
        .map(readTool),
      schema: schema === undefined ? null : fields(schema),
    });
  },

  events(spoken) {
    const responseId = randomUUID();
    const chunk = (parts: readonly unknown[], rest: Json = {}, candidate: Json = {}) => ({
      event: null,
      data: {
        candidates: [{ content: { role: 'model', parts }, index: 0, ...candidate }],
        modelVersion: spoken.model,
        responseId,
        ...rest,
      },
    });
    return [
      ...pieces(spoken.thinking).map((text) => chunk([{ text, thought: true }])),
      ...pieces(spoken.text).map((text) => chunk([{ text }])),
      chunk(callsOf(spoken), { usageMetadata: usageOf(spoken) }, { finishReason: finishReason(spoken) }),
    ];
  },

  whole(spoken) {
    const parts = [
      ...(spoken.thinking === '' ? [] : [{ text: spoken.thinking, thought: true }]),
      ...(spoken.text === '' ? [] : [{ text: spoken.text }]),
      ...callsOf(spoken),
    ];
    return {
      candidates: [{ content: { role: 'model', parts }, index: 0, finishReason: finishReason(spoken) }],
      usageMetadata: usageOf(spoken),
      modelVersion: spoken.model,
      responseId: randomUUID(),
    };
  },
};

function readTool(tool: Json) {
  const schema = fields(tool['parametersJsonSchema'] ?? tool['parameters']);
  return {
    name: string(tool['name']),
    kind: 'function' as const,
    namespace: null,
    parameters: Object.keys(fields(schema['properties'])),
    required: Array.isArray(schema['required']) ? schema['required'].map(string) : [],
    schema,
  };
}

function callsOf({ calls }: Spoken) {
  return calls.map(({ name, input }) => ({
    functionCall: { id: randomUUID(), name, args: typeof input === 'string' ? { input } : input },
  }));
}

function finishReason({ refused }: Spoken): string {
  return refused ? 'SAFETY' : 'STOP';
}

function usageOf({ usage: { input, cached, output } }: Spoken) {
  return {
    promptTokenCount: input,
    cachedContentTokenCount: cached,
    candidatesTokenCount: output,
    totalTokenCount: input + output,
  };
}
