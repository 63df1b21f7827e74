const colour = (name: string) => ({
  default: `var(--${name})`,
  subtle: `var(--${name === "text" ? "text-soft" : name})`,
  highlightColors: { default: "var(--mark)", subtle: "var(--mark)" },
});
const foregroundColors = {
  default: colour("text"),
  dark: colour("text"),
  light: colour("text-soft"),
  accent: colour("accent-text"),
  good: colour("good-text"),
  warning: colour("warning-text"),
  attention: colour("attention-text"),
};
const container = (name: string) => ({
  backgroundColor: `var(--card-${name})`,
  borderColor: "var(--line)",
  foregroundColors,
});
const text = (size: string, weight: string) => ({ size, weight, isSubtle: false, color: "default", wrap: true });

/** How cards look: in the measures of a chat client, in colours that theme.css gives for light and for dark. */
export const hostConfig = {
  supportsInteractivity: true,
  fontFamily: "inherit",
  spacing: { small: 6, default: 10, medium: 16, large: 22, extraLarge: 30, padding: 16 },
  separator: { lineThickness: 1, lineColor: "var(--line)" },
  fontSizes: { small: 12, default: 14, medium: 16, large: 19, extraLarge: 23 },
  fontWeights: { lighter: 300, default: 400, bolder: 600 },
  lineHeights: { small: 17, default: 20, medium: 22, large: 26, extraLarge: 30 },
  fontTypes: { default: { fontFamily: "inherit" }, monospace: { fontFamily: "var(--mono)" } },
  imageSizes: { small: 32, medium: 52, large: 100 },
  containerStyles: {
    default: container("default"),
    emphasis: container("emphasis"),
    accent: container("accent"),
    good: container("good"),
    attention: container("attention"),
    warning: container("warning"),
  },
  actions: {
    maxActions: 6,
    spacing: "default",
    buttonSpacing: 8,
    showCard: { actionMode: "inline", inlineTopMargin: 12, style: "emphasis" },
    preExpandSingleShowCardAction: false,
    actionsOrientation: "horizontal",
    actionAlignment: "left",
    iconPlacement: "leftOfTitle",
    iconSize: 16,
  },
  adaptiveCard: { allowCustomStyle: true },
  textBlock: { headingLevel: 3 },
  textStyles: { heading: { size: "medium", weight: "bolder", isSubtle: false, color: "default" } },
  factSet: {
    title: { ...text("default", "default"), isSubtle: true, maxWidth: 160 },
    value: text("default", "default"),
    spacing: 16,
  },
  inputs: {
    label: {
      inputSpacing: "small",
      requiredInputs: { weight: "bolder", color: "default", size: "default" },
      optionalInputs: { weight: "bolder", color: "default", size: "default" },
    },
    errorMessage: { color: "attention", size: "small", spacing: "small", weight: "default" },
  },
};
