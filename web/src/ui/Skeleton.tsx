export const Skeleton = ({ w, h, round }: { w: number | string; h: number; round?: boolean }) => (
  <span
    className="sk"
    style={{ display: 'block', width: w, height: h, ...(round ? { borderRadius: '50%' } : {}) }}
  />
);
