import js from '@eslint/js';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const outside = (...groups) => ({
  'no-restricted-imports': ['error', { patterns: groups.map((group) => ({ group, message: 'Imports go one way: lib, components, features, app. A feature never imports another.' })) }],
});

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'src/lib/api/schema.ts'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  jsxA11y.flatConfigs.recommended,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      'max-lines': ['error', 300],
      complexity: ['error', 12],
    },
  },
  // In JSX each part that may be absent counts as a branch.
  { files: ['**/*.tsx'], rules: { complexity: ['error', 15] } },
  { files: ['src/lib/**', 'src/i18n/**'], rules: outside(['@/components/**', '@/features/**', '@/app/**']) },
  { files: ['src/components/**'], rules: outside(['@/features/**', '@/app/**']) },
  { files: ['src/features/**'], rules: outside(['@/features/**', '@/app/**', '../**']) },
  { files: ['**/*.js', '**/*.mjs', 'public/**'], ...tseslint.configs.disableTypeChecked },
  { files: ['public/*.js'], languageOptions: { globals: { matchMedia: 'readonly', addEventListener: 'readonly', self: 'readonly', caches: 'readonly', fetch: 'readonly', URL: 'readonly', Response: 'readonly', document: 'readonly', localStorage: 'readonly' } } },
  { files: ['scripts/*.mjs'], languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } } },
);
