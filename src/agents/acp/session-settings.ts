import type { AcpProgram } from './program.ts';
import type { Choice, SessionState } from './schema.ts';

/** A request that sets something of a session. */
export interface Setting {
  readonly what: 'mode' | 'model';
  readonly value: string;
  readonly method: string;
  /** Beside the session's id. */
  readonly params: Readonly<Record<string, string>>;
}

type Wish = { readonly setting: Setting | null; readonly problem: string | null };

const NOTHING: Wish = { setting: null, problem: null };

/** The mode to set, if it is another than the current one, and what is wrong with the wish. */
export function modeSetting(
  state: SessionState,
  { program, mayChange }: { readonly program: AcpProgram; readonly mayChange: boolean },
): Wish {
  const option = state.configOptions?.find(({ category }) => category === 'mode');
  const offered = (state.modes?.availableModes ?? option?.options ?? []).map(valueOf);
  const wanted = mayChange ? program.mode : (program.askingModes.find((mode) => offered.includes(mode)) ?? null);
  if (wanted === null || wanted === (state.modes?.currentModeId ?? option?.currentValue)) return NOTHING;
  if (!offered.includes(wanted)) {
    const problem = `${program.name} does not offer the mode ${wanted}, but ${offered.join(', ') || 'none'}.`;
    return { setting: null, problem };
  }
  const base = { what: 'mode', value: wanted } as const;
  if (state.modes)
    return { setting: { ...base, method: 'session/set_mode', params: { modeId: wanted } }, problem: null };
  return { setting: { ...base, ...configOption(option?.id ?? 'mode', wanted) }, problem: null };
}

/** The model to set, by the newer way where both are offered. */
export function modelSetting(state: SessionState, { program }: { readonly program: AcpProgram }): Wish {
  const wanted = program.model;
  if (wanted === null) return NOTHING;
  const option = state.configOptions?.find(({ category }) => category === 'model');
  const chosen = option?.options?.find((choice) => valueOf(choice) === wanted || choice.name === wanted);
  const base = { what: 'model', value: wanted } as const;
  if (option !== undefined && chosen !== undefined) {
    const value = valueOf(chosen);
    return value === option.currentValue
      ? NOTHING
      : { setting: { ...base, ...configOption(option.id, value) }, problem: null };
  }
  const model = state.models?.availableModels.find((choice) => valueOf(choice) === wanted || choice.name === wanted);
  if (model !== undefined) {
    const modelId = valueOf(model);
    return modelId === state.models?.currentModelId
      ? NOTHING
      : { setting: { ...base, method: 'session/set_model', params: { modelId } }, problem: null };
  }
  return { setting: null, problem: `${program.name} does not offer the model ${wanted}; it works with its own.` };
}

function configOption(configId: string, value: string): Pick<Setting, 'method' | 'params'> {
  return { method: 'session/set_config_option', params: { configId, value } };
}

function valueOf({ id, modelId, value }: Choice): string {
  return id ?? modelId ?? value ?? '';
}
