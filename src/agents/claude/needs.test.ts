import { expect, test } from 'vitest';
import { claudeNeeds } from './needs.ts';

test('the model of the vendor, unless another one is named', () => {
  expect(claudeNeeds({})).toEqual({ hosts: ['api.anthropic.com', 'platform.claude.com'], readable: [] });
  const gateway = { ANTHROPIC_BASE_URL: 'https://gateway.example:8443/v1', ANTHROPIC_VERTEX_BASE_URL: 'no address' };
  expect(claudeNeeds(gateway).hosts).toEqual(['gateway.example:8443']);
  expect(claudeNeeds({ ANTHROPIC_FOUNDRY_BASE_URL: 'https://foundry.example' }).hosts).toContain('foundry.example');
});

test('certificates by absolute path', () => {
  const environment = {
    NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
    SSL_CERT_DIR: 'relative',
    CLAUDE_CODE_CLIENT_KEY: '/k.pem',
  };
  expect(claudeNeeds(environment).readable).toEqual(['/etc/ca.pem', '/k.pem']);
});
