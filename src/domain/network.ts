/** What a confined agent reaches: everything, nothing at all, or its model and the hosts of the configuration. */
export const NETWORK_MODES = ['open', 'none', 'allow-list'] as const;
export type NetworkMode = (typeof NETWORK_MODES)[number];
