import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

// Mantine's side of tokens.css: the same names, values and sizes.
const teal: MantineColorsTuple = [
  '#eef8f6',
  '#dcf0ec',
  '#b5dfd8',
  '#86c9bf',
  '#4fb3a5',
  '#23998a',
  '#128074',
  '#0c6b61',
  '#0a564e',
  '#07403a',
];
const gray: MantineColorsTuple = [
  '#f8faf9',
  '#f2f5f4',
  '#e9edec',
  '#dde3e2',
  '#c9d1d0',
  '#a5b0af',
  '#7b8786',
  '#5a6665',
  '#3d4847',
  '#18211f',
];
const dark: MantineColorsTuple = [
  '#e8eeec',
  '#b6c0be',
  '#98a4a2',
  '#5a6665',
  '#35403f',
  '#222b2a',
  '#1b2322',
  '#141a1a',
  '#0f1515',
  '#0d1212',
];

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  colors: { teal, gray, dark },
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '15px', xl: '18px' },
  lineHeights: { xs: '1.33', sm: '1.38', md: '1.43', lg: '1.47', xl: '1.33' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  defaultRadius: 'md',
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  shadows: { xs: 'var(--sh-1)', sm: 'var(--sh-2)', md: 'var(--sh-2)', lg: 'var(--sh-3)', xl: 'var(--sh-3)' },
  headings: { fontWeight: '600' },
  focusRing: 'never', // base.css draws it
  respectReducedMotion: true,
  components: {
    Tooltip: {
      defaultProps: {
        openDelay: 300,
        withinPortal: true,
        events: { hover: true, focus: true, touch: false },
      },
    },
    Menu: {
      defaultProps: {
        shadow: 'sm',
        radius: 'md',
        withinPortal: true,
        transitionProps: { duration: 90 },
        withInitialFocusPlaceholder: false, // a menu has items and nothing else
      },
    },
    Popover: { defaultProps: { shadow: 'sm', radius: 'md', transitionProps: { duration: 90 } } },
    Modal: {
      defaultProps: { radius: 'xl', shadow: 'xl', centered: true, transitionProps: { duration: 120 } },
    },
    Drawer: { defaultProps: { position: 'right', shadow: 'xl', transitionProps: { duration: 140 } } },
    // What helps stands under the field, so that labels and fields line up.
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    SegmentedControl: { defaultProps: { withItemsBorders: false } },
    Switch: { defaultProps: { size: 'sm', withThumbIndicator: false } },
    Select: {
      defaultProps: {
        allowDeselect: false,
        comboboxProps: { shadow: 'sm', transitionProps: { duration: 90 } },
      },
    },
  },
});

export const resolver: CSSVariablesResolver = () => {
  const names = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--text-3)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-placeholder': 'var(--text-3)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-teal-filled': 'var(--accent)',
    '--mantine-color-teal-filled-hover': 'var(--accent-hover)',
    '--mantine-primary-color-filled': 'var(--accent)',
    '--mantine-primary-color-filled-hover': 'var(--accent-hover)',
    '--mantine-primary-color-contrast': 'var(--on-accent)',
  };
  return { variables: {}, light: names, dark: names };
};
