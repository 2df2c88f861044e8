import { ColorInput } from '@mantine/core';
import { useT } from '@/i18n';
import { palette } from './palette';

interface Props {
  value: string;
  error?: string | undefined;
  onChange: (color: string) => void;
}

/** A colour of data: queue or tag. */
export function ColorField({ value, error, onChange }: Props) {
  const t = useT();
  return (
    <ColorInput
      label={t('admin.color')}
      description={t('admin.colorHint')}
      required
      withAsterisk={false}
      format="hex"
      swatches={[...palette]}
      swatchesPerRow={10}
      withEyeDropper={false}
      value={value}
      error={error}
      onChange={(color) => onChange(color.toUpperCase())}
    />
  );
}
